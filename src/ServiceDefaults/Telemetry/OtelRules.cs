using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Messaging.ServiceDefaults.Telemetry;

/// <summary>What the variables that the SDK reads itself may have. It does not say it, and reads them only if something is exported.</summary>
internal static class OtelRules
{
    private const string Sampler = "OTEL_TRACES_SAMPLER", Ratio = "OTEL_TRACES_SAMPLER_ARG", Interval = "OTEL_METRIC_EXPORT_INTERVAL";

    private static readonly string[] Samplers =
        ["always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio"];

    /// <returns>One text for each variable with a wrong value, which begins with its name and has no value.</returns>
    public static IEnumerable<string> Problems(IConfiguration configuration, bool traces, bool metrics)
    {
        var sampler = configuration[Sampler]?.Trim();
        if (traces && sampler is { Length: > 0 } && !Samplers.Contains(sampler, StringComparer.OrdinalIgnoreCase))
        {
            yield return Of(Sampler);
        }

        if (traces && sampler?.EndsWith("traceidratio", StringComparison.OrdinalIgnoreCase) == true && !IsRatio(configuration[Ratio]))
        {
            yield return Of(Ratio);
        }

        if (metrics && configuration[Interval] is { Length: > 0 } interval && !int.TryParse(interval, CultureInfo.InvariantCulture, out _))
        {
            yield return Of(Interval);
        }
    }

    /// <returns>The name, and what to write.</returns>
    public static string Of(string variable) => variable switch
    {
        Sampler => $"{Sampler} must be one of {string.Join(", ", Samplers)}; parentbased_always_on is used",
        Ratio => $"{Ratio} must be a number from 0 to 1, such as 0.05; 1 is used",
        Interval => $"{Interval} must be a number of milliseconds, such as 60000; 60000 is used",
        _ when variable.EndsWith("_DELAY", StringComparison.Ordinal) || variable.EndsWith("_TIMEOUT", StringComparison.Ordinal) =>
            $"{variable} must be a number of milliseconds, such as 30000; its default is used",
        _ when variable.EndsWith("_LIMIT", StringComparison.Ordinal) || variable.EndsWith("_SIZE", StringComparison.Ordinal) =>
            $"{variable} must be a whole number; its default is used",
        _ => $"{variable} has a value that OpenTelemetry does not understand; its default is used",
    };

    private static bool IsRatio(string? text) => double.TryParse(text, CultureInfo.InvariantCulture, out var ratio) && ratio is >= 0 and <= 1;
}
