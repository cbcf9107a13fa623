using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Messaging.Outbox;

/// <summary>Opens message types: only these can be enqueued by name. A schedule that the code declares needs none of it.</summary>
public static class TaskTypesExtensions
{
    /// <summary>Opens a type, by its name without the namespace. Two of one name stop the process at its start.</summary>
    public static IServiceCollection AddTaskType<T>(this IServiceCollection services)
        where T : class => services.Add([typeof(T)]);

    /// <summary>Opens those public sealed classes and records of an assembly that are chosen, such as all with an attribute of yours.</summary>
    /// <param name="services">The host's.</param>
    /// <param name="assembly">Where the messages are.</param>
    /// <param name="isOpen">Chooses them. An event that needs no consumer is none: as a task it would wait for one for ever.</param>
    public static IServiceCollection AddTaskTypes(this IServiceCollection services, Assembly assembly, Func<Type, bool> isOpen)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        return services.Add(assembly.GetExportedTypes().Where(IsMessage).Where(isOpen));
    }

    internal static void TryAddTaskTypes(this IServiceCollection services) => services.TryAddSingleton(
        provider => new TaskTypes(provider.GetServices<OpenTaskType>().Select(t => t.Type), provider.GetServices<DeclaredSchedule>()));

    private static IServiceCollection Add(this IServiceCollection services, IEnumerable<Type> types)
    {
        foreach (var type in types)
        {
            services.AddSingleton(new OpenTaskType(type));
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

internal sealed record OpenTaskType(Type Type);
