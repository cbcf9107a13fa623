using Messaging.ServiceDefaults.Telemetry;
using Microsoft.Extensions.Configuration;

namespace Messaging.Api.Tests.Telemetry;

/// <summary>The port of the metrics against the addresses of the process itself.</summary>
public sealed class MetricsPortTests
{
    [Theory]
    [InlineData("urls", "http://localhost:8080", "127.0.0.1", true)]
    [InlineData("urls", "http://localhost:8081;http://*:8080", "127.0.0.1", true)]
    [InlineData("urls", "http://api.example:8080", "10.0.0.7", true)]
    [InlineData("urls", "http://127.0.0.1:8080", "0.0.0.0", true)]
    [InlineData("urls", "http://[::]:8080", "127.0.0.1", true)]
    [InlineData("http_ports", "80;8080", "127.0.0.1", true)]
    [InlineData("Kestrel:Endpoints:Http:Url", "http://0.0.0.0:8080", "127.0.0.1", true)]
    [InlineData("urls", "http://localhost:8081", "127.0.0.1", false)]
    [InlineData("urls", "http://10.0.0.7:8080", "127.0.0.1", false)]
    [InlineData("urls", "nonsense", "127.0.0.1", false)]
    [InlineData("urls", "http://unix:/tmp/api.sock", "127.0.0.1", false)]
    public void One_port_for_both_is_named_before_it_is_opened(string name, string value, string address, bool collides)
    {
        var problem = MetricsPort.Problem(Settings((name, value)), new() { Port = 8080, Address = address });

        Assert.Equal(
            collides ? "Telemetry:Metrics:Port 8080 is where the process itself listens; set another port, or leave it out and set Telemetry:Metrics:Key" : null, problem);
    }

    [Fact]
    public void Without_an_address_it_is_the_default_port() =>
        Assert.StartsWith("Telemetry:Metrics:Port 5000 ", MetricsPort.Problem(Settings(), new() { Port = 5000 }), StringComparison.Ordinal);

    private static IConfiguration Settings(params IEnumerable<(string Name, string Value)> settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value)))
        .Build();
}
