using System.Reflection;
using Messaging.Outbox.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Messaging.Outbox;

/// <summary>Registers message types that can be enqueued by name. The types of declared schedules do not need it.</summary>
public static class TaskTypesExtensions
{
    /// <summary>Registers a type by its name without the namespace. Two types of the same name stop the process at its start.</summary>
    public static IServiceCollection AddTaskType<T>(this IServiceCollection services)
        where T : class => services.Add([typeof(T)]);

    /// <summary>
    /// Registers the public sealed classes and records of an assembly that a predicate selects, such as those with an attribute.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="assembly">The assembly of the messages.</param>
    /// <param name="predicate">
    /// Selects the types. Do not select events that may have no consumer: a task of such a type would never end.
    /// </param>
    public static IServiceCollection AddTaskTypes(this IServiceCollection services, Assembly assembly, Func<Type, bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        return services.Add(assembly.GetExportedTypes().Where(IsMessage).Where(predicate));
    }

    internal static void TryAddTaskTypes(this IServiceCollection services) => services.TryAddSingleton(
        provider => new TaskTypes(provider.GetServices<RegisteredTaskType>().Select(t => t.Type), provider.GetServices<ScheduledTaskType>()));

    private static IServiceCollection Add(this IServiceCollection services, IEnumerable<Type> types)
    {
        foreach (var type in types)
        {
            services.AddSingleton(new RegisteredTaskType(type));
        }

        services.TryAddTaskTypes();
        return services;
    }

    private static bool IsMessage(Type type) =>
        type is { IsClass: true, IsSealed: true, IsAbstract: false, IsNested: false, IsGenericType: false }
        && !typeof(Delegate).IsAssignableFrom(type)
        && !typeof(Attribute).IsAssignableFrom(type)
        && !typeof(Exception).IsAssignableFrom(type);
}
