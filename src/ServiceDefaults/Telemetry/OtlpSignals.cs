using Microsoft.Extensions.Configuration;

namespace Messaging.ServiceDefaults.Telemetry;

/// <summary>The three signals, and which of them are exported.</summary>
internal sealed class OtlpSignals(IConfiguration configuration)
{
    public OtlpSignal Traces { get; } = new("TRACES", configuration);

    public OtlpSignal Metrics { get; } = new("METRICS", configuration);

    public OtlpSignal Logs { get; } = new("LOGS", configuration);

    /// <summary>Whether OpenTelemetry is switched off altogether.</summary>
    public bool AreDisabled { get; } = bool.TryParse(configuration["OTEL_SDK_DISABLED"], out var disabled) && disabled;

    /// <summary>Whether any of them is exported.</summary>
    public bool AreExported => Traces.IsExported || Metrics.IsExported || Logs.IsExported;

    /// <summary>What is wrong with the variables, once each.</summary>
    public IReadOnlyList<string> Problems => [.. Traces.Problems.Concat(Metrics.Problems).Concat(Logs.Problems).Distinct(StringComparer.Ordinal)];
}
