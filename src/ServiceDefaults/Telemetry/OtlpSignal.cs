using System.Globalization;
using Microsoft.Extensions.Configuration;
using OpenTelemetry.Exporter;

namespace Messaging.ServiceDefaults.Telemetry;

/// <summary>
/// Whether a signal is exported over OTLP, and to where, by the variables of OpenTelemetry's specification. The SDK itself reads
/// those for all signals; it neither reads <c>OTEL_TRACES_EXPORTER</c> and its siblings, nor, for a single exporter, the variables
/// of one signal. A wrong value stops no process: without a place to go to, or the headers for it, the signal is not exported, and other
/// values have their defaults.
/// </summary>
internal sealed class OtlpSignal
{
    private const string Otlp = "otlp", None = "none", Grpc = "grpc", Protobuf = "http/protobuf", Gzip = "gzip";
    private const string Endpoint = "ENDPOINT", Headers = "HEADERS", Protocol = "PROTOCOL", Timeout = "TIMEOUT", Compression = "COMPRESSION";
    private const int DefaultTimeout = 10_000, HttpPort = 4318;

    private static readonly string[] Paths = ["/v1/traces", "/v1/metrics", "/v1/logs"];

    private readonly string _name;
    private readonly IConfiguration _configuration;
    private readonly List<string> _problems = [];

    /// <param name="name">The signal in the names of the variables: <c>TRACES</c>, <c>METRICS</c> or <c>LOGS</c>.</param>
    /// <param name="configuration">The settings, which contain the environment and files of secrets.</param>
    public OtlpSignal(string name, IConfiguration configuration)
    {
        (_name, _configuration) = (name, configuration);
        var exporter = configuration[$"OTEL_{name}_EXPORTER"]?.Trim().ToLowerInvariant();
        if (exporter is not (null or "" or Otlp or None))
        {
            _problems.Add($"OTEL_{name}_EXPORTER must be {Otlp} or {None}; nothing is exported");
        }
        else if (exporter is Otlp || (exporter is null or "" && Effective(Endpoint).Value is not null))
        {
            IsAskedFor = true;
            IsExported = HasPlace();
            Check(Protocol, IsProtocol, $"must be {Grpc} or {Protobuf}; {UsedProtocol} is used");
            CheckEndpoint();
            Check(Timeout, value => Milliseconds(value) is not null, "must be a positive number of milliseconds");
            Check(Compression, IsCompression, $"must be {Gzip} or {None}");
        }
    }

    /// <summary>What a sentence calls it.</summary>
    public string Noun => _name.ToLowerInvariant();

    /// <summary>An endpoint is set, or OTLP is asked for by name; it may not be possible.</summary>
    public bool IsAskedFor { get; }

    /// <summary>An endpoint is set, or OTLP is asked for by name; nothing switches it off, and the exporter can be made.</summary>
    public bool IsExported { get; }

    /// <summary>The protocol by which the signal is exported, as the variables spell it.</summary>
    public string UsedProtocol => new[] { Of(Protocol), Value($"OTEL_EXPORTER_OTLP_{Protocol}") }.FirstOrDefault(value => value is Grpc or Protobuf) ?? Grpc;

    /// <summary>The address to which the signal is exported, without anything in it that may be a secret.</summary>
    public string UsedAddress => Shown(Address(Effective(Endpoint).Value) ?? new Uri($"http://localhost:{(UsedProtocol is Grpc ? 4317 : HttpPort)}"));

    /// <summary>What is wrong with the variables. Each begins with the name of the variable, and has no value.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Sets what the variables of this signal say in place of those of all signals.</summary>
    public void Configure(OtlpExporterOptions options)
    {
        options.Protocol = Of(Protocol) switch
        {
            Grpc => OtlpExportProtocol.Grpc,
            Protobuf => OtlpExportProtocol.HttpProtobuf,
            _ => options.Protocol,
        };
        options.Headers = Of(Headers) ?? options.Headers;
        if (Address(Of(Endpoint)) is { } endpoint)
        {
            options.Endpoint = endpoint;
        }

        options.TimeoutMilliseconds = Milliseconds(Of(Timeout)) ?? (options.TimeoutMilliseconds > 0 ? options.TimeoutMilliseconds : DefaultTimeout);
        options.Compression = Of(Compression) switch
        {
            Gzip => OtlpExportCompression.GZip,
            None => OtlpExportCompression.None,
            _ => options.Compression,
        };
    }

    /// <summary>An address without its user, path and query string, which may have a token.</summary>
    public static string Shown(Uri address) => address.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);

    private static bool IsProtocol(string value) => value is Grpc or Protobuf;

    private static bool IsCompression(string value) => value is Gzip or None;

    private static int? Milliseconds(string? value) => int.TryParse(value, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds > 0 ? milliseconds : null;

    private static Uri? Address(string? value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address : null;

    /// <summary>Whether there is an endpoint, and what it takes to make the exporter.</summary>
    private bool HasPlace()
    {
        if (!Check(Endpoint, value => Address(value) is not null, "must be an address such as http://collector:4317; nothing is exported to it")
            | !Check(Headers, OtlpHeaders.AreValid, OtlpHeaders.Rule))
        {
            return false;
        }

        if (OtlpCertificates.Problem(_configuration, Configure) is { } problem)
        {
            _problems.Add(problem);
            return false;
        }

        return true;
    }

    /// <summary>Two mistakes with which the collector answers nothing that says so.</summary>
    private void CheckEndpoint()
    {
        var (name, value) = Effective(Endpoint);
        if (Address(value) is not { } address)
        {
            return;
        }

        if (address.Port == HttpPort && UsedProtocol is Grpc)
        {
            _problems.Add($"{name} has a collector's HTTP port, 4318, and {Grpc} is used; with that port, set OTEL_EXPORTER_OTLP_PROTOCOL={Protobuf}");
        }

        if (Of(Endpoint) is null && Paths.FirstOrDefault(path => address.AbsolutePath.TrimEnd('/').EndsWith(path, StringComparison.Ordinal)) is { } written)
        {
            _problems.Add($"{name} is for all signals; write it without {written}");
        }
    }

    /// <returns>Whether the variable that counts for this signal is right, or not set.</returns>
    private bool Check(string variable, Func<string, bool> isRight, string rule)
    {
        var (name, value) = Effective(variable);
        if (value is null || isRight(value))
        {
            return true;
        }

        _problems.Add($"{name} {rule}");
        return false;
    }

    private (string Name, string? Value) Effective(string variable) =>
        Of(variable) is { } own ? ($"OTEL_EXPORTER_OTLP_{_name}_{variable}", own) : ($"OTEL_EXPORTER_OTLP_{variable}", Value($"OTEL_EXPORTER_OTLP_{variable}"));

    private string? Of(string variable) => Value($"OTEL_EXPORTER_OTLP_{_name}_{variable}");

    private string? Value(string name) => _configuration[name]?.Trim() is { Length: > 0 } value ? value : null;
}
