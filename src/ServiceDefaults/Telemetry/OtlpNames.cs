using Messaging.Outbox.Redelivery;
using Microsoft.Extensions.Configuration;

namespace Messaging.ServiceDefaults.Telemetry;

/// <summary>Finds the variables of OTLP that nothing reads, because their names are mistyped.</summary>
internal static class OtlpNames
{
    private const string Exporter = "OTEL_EXPORTER_", Prefix = "OTEL_EXPORTER_OTLP_";

    private static readonly string[] OfSignals = ["ENDPOINT", "HEADERS", "PROTOCOL", "TIMEOUT", "COMPRESSION"];

    /// <summary>What follows the prefix. The last three are the specification's, and others in the same environment may read them.</summary>
    private static readonly string[] Known =
    [
        .. OfSignals, .. from signal in (string[])["TRACES", "METRICS", "LOGS"] from variable in OfSignals select $"{signal}_{variable}",
        "CERTIFICATE", "CLIENT_KEY", "CLIENT_CERTIFICATE",
        "INSECURE", "METRICS_TEMPORALITY_PREFERENCE", "METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
    ];

    /// <returns>One text for each, which begins with its name and has no value.</returns>
    public static IEnumerable<string> Problems(IConfiguration configuration)
    {
        foreach (var name in configuration.GetChildren().Select(s => s.Key).Where(k => k.StartsWith(Exporter, StringComparison.OrdinalIgnoreCase)))
        {
            if (!name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            {
                if (Nearest.To(name, Known.Select(known => Prefix + known)) is { } whole)
                {
                    yield return $"{name} is not read; write {whole}";
                }
            }
            else if (name[Prefix.Length..] is var end && !Known.Contains(end, StringComparer.OrdinalIgnoreCase))
            {
                yield return Nearest.To(end, Known) is { } near ? $"{name} is not read; write {Prefix}{near}" : $"{name} is not read; remove it";
            }
        }
    }
}
