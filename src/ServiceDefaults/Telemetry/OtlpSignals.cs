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
    public bool AreExported => All.Any(signal => signal.IsExported);

    /// <summary>What is wrong with the variables, once each.</summary>
    public IReadOnlyList<string> Problems =>
    [
        .. All.SelectMany(signal => signal.Problems)
            .Concat(OtelRules.Problems(configuration, Traces.IsAskedFor, Metrics.IsAskedFor))
            .Concat(OtlpNames.Problems(configuration))
            .Distinct(StringComparer.Ordinal),
    ];

    /// <summary>What goes where, one for each place and protocol.</summary>
    public IReadOnlyList<OtlpPlace> Places =>
    [
        .. from signal in All
           where signal.IsExported
           group signal.Noun by (signal.UsedAddress, signal.UsedProtocol) into nouns
           select new OtlpPlace(Listed([.. nouns]), nouns.Key.UsedAddress, nouns.Key.UsedProtocol),
    ];

    private OtlpSignal[] All => [Traces, Metrics, Logs];

    private static string Listed(string[] nouns)
    {
        var text = nouns.Length == 1 ? nouns[0] : $"{string.Join(", ", nouns[..^1])} and {nouns[^1]}";
        return $"{char.ToUpperInvariant(text[0])}{text[1..]}";
    }
}

/// <summary>Which signals go to an address, and how.</summary>
internal sealed record OtlpPlace(string Signals, string Address, string Protocol);
