using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Trace;

namespace Messaging.ServiceDefaults.Telemetry;

/// <summary>Whether the exporter can load its certificates, which are files: it throws if it cannot.</summary>
internal static class OtlpCertificates
{
    private static readonly string[] Variables = ["OTEL_EXPORTER_OTLP_CERTIFICATE", "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", "OTEL_EXPORTER_OTLP_CLIENT_KEY"];

    /// <summary>Makes an exporter to which nothing is given, so that whatever it demands of a file counts.</summary>
    /// <returns>Null if there are none, or nothing is wrong with them.</returns>
    public static string? Problem(IConfiguration configuration, Action<OtlpExporterOptions> configure)
    {
        var set = Variables.Where(name => configuration[name] is { Length: > 0 }).ToList();
        if (set.Count == 0)
        {
            return null;
        }

        try
        {
            using var exporter = Sdk.CreateTracerProviderBuilder().ConfigureServices(services => services.AddSingleton(configuration)).AddOtlpExporter(configure).Build();
            return null;
        }
        catch (Exception) // of several kinds, by file and platform; its text may quote the file
        {
            var missing = set.Where(name => !File.Exists(configuration[name])).ToList();
            return $"{string.Join(", ", missing.Count > 0 ? missing : set)} must be the path of a valid file in PEM that this user can read; nothing is exported";
        }
    }
}
