using System.Text.RegularExpressions;

namespace Messaging.ServiceDefaults.Telemetry;

/// <summary>
/// Replaces e-mail addresses in texts that others have written, such as a server's error. Our own texts hold none.
/// </summary>
internal static partial class Redacted
{
    private const int MaxLength = 8_192;

    /// <returns>The text itself if it has no address.</returns>
    public static string Text(string text)
    {
        if (!text.Contains('@', StringComparison.Ordinal))
        {
            return text;
        }

        try
        {
            return Address().Replace(text.Length > MaxLength ? text[..MaxLength] : text, "(address)");
        }
        catch (RegexMatchTimeoutException)
        {
            return "(a text that took too long to be searched for addresses)";
        }
    }

    [GeneratedRegex(@"[^\s<>()\[\],;:""'=&?]+@[^\s<>()\[\],;:""'=&?]+", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Address();
}
