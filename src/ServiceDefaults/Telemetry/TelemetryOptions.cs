using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Options;

namespace Messaging.ServiceDefaults.Telemetry;

/// <summary>
/// What is exported besides OTLP, which OpenTelemetry's own variables configure (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c>, …); section
/// <c>Telemetry</c>.
/// </summary>
public sealed class TelemetryOptions
{
    /// <summary>The page <c>/metrics</c> for Prometheus.</summary>
    [ValidateObjectMembers]
    public MetricsPageOptions Metrics { get; set; } = new();

    /// <summary>Further activity sources whose spans are exported, such as <c>MassTransit</c>. Default: none.</summary>
    public IList<string> Sources { get; set; } = [];

    /// <summary>Further meters whose instruments are exported, such as <c>MassTransit</c>. Default: none.</summary>
    public IList<string> Meters { get; set; } = [];
}

/// <summary>Who gets <c>/metrics</c>, and where. Without a port and a key there is none.</summary>
public sealed class MetricsPageOptions : IValidatableObject
{
    private const string ThisMachine = "127.0.0.1";

    /// <summary>A port of its own, which serves nothing but <c>/metrics</c>. Default: none.</summary>
    [Range(1, 65_535, ErrorMessage = "Telemetry:Metrics:Port must be 1 to 65535.")]
    public int? Port { get; set; }

    /// <summary>The IP address at which the port is opened. Default <c>127.0.0.1</c>: only this machine reaches it.</summary>
    public string Address { get; set; } = ThisMachine;

    /// <summary>
    /// The key that a scrape has to send as <c>Authorization: Bearer …</c>, at least 16 characters. With a key and without a port,
    /// <c>/metrics</c> is served where the process listens. Default: none.
    /// </summary>
    [MinLength(16, ErrorMessage = "Telemetry:Metrics:Key must have at least 16 characters.")]
    public string? Key { get; set; }

    /// <summary>
    /// Whether everybody who reaches an <see cref="Address"/> other than that of this machine may read the page without a key. Default
    /// false: the process does not start with such an address and no key.
    /// </summary>
    public bool NetworkIsTrusted { get; set; }

    /// <summary>Whether there is a page.</summary>
    internal bool IsServed => Port is not null || HasKey;

    /// <summary>Whether a scrape needs the key.</summary>
    internal bool HasKey => !string.IsNullOrEmpty(Key);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IPAddress.TryParse(Address, out var address))
        {
            yield return new ValidationResult("Telemetry:Metrics:Address must be an IP address, such as 127.0.0.1 or 0.0.0.0.");
        }
        else if (Port is null && HasKey && Address != ThisMachine)
        {
            yield return new ValidationResult(
                "Telemetry:Metrics:Address is that of Telemetry:Metrics:Port, which is not set: set it, or leave the address out, and /metrics is served where the process listens.");
        }
        else if (Port is not null && !HasKey && !NetworkIsTrusted && !IPAddress.IsLoopback(address))
        {
            yield return new ValidationResult(
                $"Telemetry:Metrics:Address {address} opens the metrics to others: set Telemetry:Metrics:Key, which a scrape has to send, or "
                + "Telemetry:Metrics:NetworkIsTrusted=true if only those who may read them reach it.");
        }
    }
}
