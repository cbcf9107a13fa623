using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Messaging.ServiceDefaults.Messaging;

/// <summary>Binds the options of a queue: what is said for all, then what is said for this one.</summary>
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
