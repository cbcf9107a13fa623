using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox;

/// <summary>What was registered for one transport, so that it can go when the bus gets another.</summary>
internal sealed class TransportServices(IReadOnlyList<ServiceDescriptor> services)
{
    public static void RemoveFrom(IServiceCollection services)
    {
        foreach (var marker in services.Where(s => s.ServiceType == typeof(TransportServices)).ToList())
        {
            services.Remove(marker);
            foreach (var service in ((TransportServices)marker.ImplementationInstance!)._services)
            {
                services.Remove(service);
            }
        }
    }

    private readonly IReadOnlyList<ServiceDescriptor> _services = services;
}
