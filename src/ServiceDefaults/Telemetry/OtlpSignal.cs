using System.Globalization;
using Microsoft.Extensions.Configuration;
using OpenTelemetry.Exporter;

namespace Messaging.ServiceDefaults.Telemetry;

/// <summary>
/// Whether a signal is exported over OTLP, and to where, by the variables of OpenTelemetry's specification. The SDK itself reads
/// those for all signals; it neither reads <c>OTEL_TRACES_EXPORTER</c> and its siblings, nor, for a single exporter, the variables
/// of one signal.
/// </summary>
/// <param name="name">The signal in the names of the variables: <c>TRACES</c>, <c>METRICS</c> or <c>LOGS</c>.</param>
/// <param name="configuration">The settings, which contain the environment and files of secrets.</param>
internal sealed class OtlpSignal(string name, IConfiguration configuration)
{
    private const string Otlp = "otlp", None = "none";

    /// <summary>An endpoint is set, or OTLP is asked for by name; and nothing switches it off.</summary>
    public bool IsExported => Exporter switch
    {
        Otlp => true,
        null => Of("ENDPOINT") is not null || configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 },
        _ => false,
    };

    /// <summary>What is wrong with the exporter's name; null if nothing is.</summary>
    public string? Problem => Exporter is null or Otlp or None ? null : $"OTEL_{name}_EXPORTER must be {Otlp} or {None}; nothing is exported";

    private string? Exporter => configuration[$"OTEL_{name}_EXPORTER"]?.Trim() is { Length: > 0 } exporter ? exporter.ToLowerInvariant() : null;

    /// <summary>Sets what the variables of this signal say in place of those of all signals.</summary>
    public void Configure(OtlpExporterOptions options)
    {
        options.Protocol = Of("PROTOCOL") switch
        {
            "grpc" => OtlpExportProtocol.Grpc,
            "http/protobuf" => OtlpExportProtocol.HttpProtobuf,
            _ => options.Protocol,
        };
        options.Headers = Of("HEADERS") ?? options.Headers;
        if (Uri.TryCreate(Of("ENDPOINT"), UriKind.Absolute, out var endpoint))
        {
            options.Endpoint = endpoint;
        }

        if (int.TryParse(Of("TIMEOUT"), CultureInfo.InvariantCulture, out var milliseconds))
        {
            options.TimeoutMilliseconds = milliseconds;
        }

        options.Compression = Of("COMPRESSION") switch
        {
            "gzip" => OtlpExportCompression.GZip,
            None => OtlpExportCompression.None,
            _ => options.Compression,
        };
    }

    private string? Of(string variable) => configuration[$"OTEL_EXPORTER_OTLP_{name}_{variable}"] is { Length: > 0 } value ? value : null;
}
