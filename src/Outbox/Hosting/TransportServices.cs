using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Hosting;

/// <summary>The services of one transport, so that they can be removed if the bus gets another one.</summary>
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
