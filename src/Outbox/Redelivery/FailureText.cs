using System.Text;
using System.Text.RegularExpressions;

namespace Messaging.Outbox.Redelivery;

/// <summary>
/// An exception as a task shows it: one line of at most 500 characters, without a stack trace, and without anything that
/// looks like an e-mail address, since servers like to repeat the recipient in their replies.
/// </summary>
internal static partial class FailureText
{
    private const int MaxLength = 500;

    public static string Of(Exception exception) => Of($"{exception.GetType().Name}: {exception.Message}");

    /// <summary>A text that comes from outside, in the same way; null stays null.</summary>
    public static string? OfOptional(string? text) => text is null ? null : Of(text);

    private static string Of(string text)
    {
        // What cannot be an address any more is cut first: the pattern's time grows with the square of a long word.
        text = text.Length <= MaxLength * 4 ? text : text[..(MaxLength * 4)];
        text = EmailAddress().Replace(WhiteSpace().Replace(text, " "), "(address)");
        text = text.Length <= MaxLength ? text : string.Concat(text.AsSpan(0, MaxLength - 1), "…");

        // Half a character, from the cuts or from the source, becomes U+FFFD; a database would refuse it.
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
    }

    [GeneratedRegex(@"[^\s<>()\[\],;:""]+@[^\s<>()\[\],;:""]+", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex EmailAddress();

    [GeneratedRegex(@"[\s\0]+", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex WhiteSpace();
}
