using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Messaging.ServiceDefaults.Messaging;

/// <summary>Binds the options of a queue: first the defaults for all queues, then its own.</summary>
internal sealed class EndpointOptionsSetup(IConfiguration configuration) : IConfigureNamedOptions<EndpointOptions>
{
    public void Configure(EndpointOptions options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, EndpointOptions options)
    {
        configuration.GetSection("Endpoints:Default").Bind(options);
        if (!string.IsNullOrEmpty(name))
        {
            configuration.GetSection($"Endpoints:{name}").Bind(options);
        }
    }
}
