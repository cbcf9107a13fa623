using OpenTelemetry.Exporter;

namespace Messaging.ServiceDefaults.Telemetry;

/// <summary>Whether the exporter can send the headers of a variable. They are secrets, so nothing here repeats them.</summary>
internal static class OtlpHeaders
{
    public const string Rule = "must be name=value, with a comma between several and none in a value, each name once; nothing is exported with it";

    public static bool AreValid(string text)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase); // as HTTP has them; the exporter itself takes a and A for two
        return !Uri.UnescapeDataString(text).AsSpan().ContainsAnyExceptInRange(' ', '~')
            && Uri.UnescapeDataString(text).Split(',').All(part => part.IndexOf('=', StringComparison.Ordinal) is > 0 and var end && names.Add(part[..end].Trim()) && IsHeader(part[..end].Trim()))
            && IsTaken(text);
    }

    private static bool IsHeader(string name)
    {
        using var request = new HttpRequestMessage();
        return request.Headers.TryAddWithoutValidation(name, "");
    }

    /// <summary>Makes an exporter, which connects to nothing yet.</summary>
    private static bool IsTaken(string text)
    {
        try
        {
            using var client = new HttpClient(); // without certificates, which are checked elsewhere
            using var exporter = new OtlpTraceExporter(new OtlpExporterOptions { Headers = text, HttpClientFactory = () => client });
            return true;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidOperationException)
        {
            return false;
        }
    }
}
