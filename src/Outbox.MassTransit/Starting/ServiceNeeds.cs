using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.MassTransit.Starting;

/// <summary>
/// Finds services that a class needs and that are not registered. It creates nothing: it follows the constructor parameters
/// recursively, with the longest constructor first, as the container does.
/// </summary>
internal sealed class ServiceNeeds(IServiceCollection services, IServiceProviderIsKeyedService registered)
{
    private readonly Dictionary<(Type Type, object? Key), string?> _checked = [];

    /// <param name="type">The class.</param>
    /// <param name="key">The key that it is registered with; usually null.</param>
    /// <returns>What is missing, as the rest of a sentence that begins with the class; null if nothing is missing.</returns>
    public string? FindMissing(Type type, object? key = null)
    {
        if (_checked.TryGetValue((type, key), out var known))
        {
            return known;
        }

        _checked[(type, key)] = null; // ends the recursion for a circular dependency, which the container reports
        string? first = null;
        foreach (var constructor in type.GetConstructors().OrderByDescending(c => c.GetParameters().Length))
        {
            var missing = constructor.GetParameters().Where(p => !p.HasDefaultValue && !p.IsDefined(typeof(ServiceKeyAttribute), inherit: false))
                .Select(p => FindMissingService(p.ParameterType, KeyOf(p, key))).FirstOrDefault(m => m is not null);
            if (missing is null)
            {
                return null;
            }

            first ??= missing;
        }

        return _checked[(type, key)] = first;
    }

    private string? FindMissingService(Type service, object? key)
    {
        if (service.ContainsGenericParameters)
        {
            return null; // a parameter of an open generic filter, which is closed for each message type
        }

        if (!registered.IsKeyedService(service, key))
        {
            return $"needs {Name(service)}, which is not registered: write services.Add{(key is null ? "Scoped" : "KeyedScoped")}<{Name(service)}"
                + $"{(service.IsInterface || service.IsAbstract ? ", …" : "")}>({(key is null ? "" : $"\"{key}\"")})";
        }

        return ImplementationOf(service, key) is { } implementation && FindMissing(implementation, key) is { } missing
            ? $"needs {Name(service)}, whose {Name(implementation)} {missing}"
            : null;
    }

    /// <returns>The class that implements the service; null if a factory or an instance provides it.</returns>
    private Type? ImplementationOf(Type service, object? key)
    {
        var descriptor = services.LastOrDefault(s => s.ServiceType == service && Equals(s.ServiceKey, key));
        if (descriptor is null && service.IsGenericType)
        {
            descriptor = services.LastOrDefault(s => s.ServiceType == service.GetGenericTypeDefinition() && Equals(s.ServiceKey, key));
        }

        var type = descriptor is null ? null : descriptor.IsKeyedService ? descriptor.KeyedImplementationType : descriptor.ImplementationType;
        return type is { IsGenericTypeDefinition: true } open && open.GetGenericArguments().Length == service.GetGenericArguments().Length
            ? null // the container checks its constraints
            : type;
    }

    /// <param name="parameter">The parameter of a constructor.</param>
    /// <param name="own">The key of the service that is created, which <c>[FromKeyedServices]</c> without a key passes on.</param>
    private static object? KeyOf(System.Reflection.ParameterInfo parameter, object? own) =>
        parameter.GetCustomAttributes(typeof(FromKeyedServicesAttribute), inherit: false).Cast<FromKeyedServicesAttribute>().FirstOrDefault() is { } keyed
            ? keyed.LookupMode == ServiceKeyLookupMode.InheritKey ? own : keyed.Key
            : null;

    internal static string Name(Type type) => type.IsGenericType
        ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : type.Name;
}
