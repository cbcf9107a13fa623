using System.Text.RegularExpressions;

namespace Messaging.Outbox.Store;

/// <summary>
/// The text of an exception as a task shows it: one line of at most 500 characters, without a stack trace, and without e-mail
/// addresses, because servers often repeat the recipient in their replies. It never throws.
/// </summary>
internal static partial class FailureText
{
    private const int MaxLength = 500;

    public static string Of(Exception exception)
    {
        exception = Thrown.OriginalOf(exception);
        var text = $"{NameOf(exception)}: {MessageOf(exception)}";
        // EF Core's own message contains no details
        return Of(SqlErrors.Find(exception) is { } inner && inner != exception ? $"{text} ({SqlErrors.TextOf(inner)})" : text);
    }

    /// <summary>Formats text from outside in the same way; null stays null.</summary>
    public static string? OfOptional(string? text) => text is null ? null : Of(text);

    /// <summary>The message, even if reading it throws.</summary>
    public static string MessageOf(Exception exception)
    {
        try
        {
            return SqlErrors.TextOf(exception) ?? "(no message)";
        }
        catch (Exception thrown)
        {
            return $"(no message: it throws a {thrown.GetType().Name})";
        }
    }

    private static string NameOf(Exception exception)
    {
        var name = Thrown.TypeOf(exception);
        return name[(name.LastIndexOfAny(['.', '+']) + 1)..];
    }

    private static string Of(string text)
    {
        // Cuts first, because the pattern's time is quadratic in the length of a word.
        text = StoredText.Cut(text, MaxLength * 4);
        try
        {
            text = EmailAddress().Replace(WhiteSpace().Replace(text, " "), "(address)");
        }
        catch (RegexMatchTimeoutException)
        {
            text = "(the error's text took too long to be searched for addresses)";
        }

        return StoredText.Line(text.Length <= MaxLength ? text : $"{StoredText.Cut(text, MaxLength - 1)}…", MaxLength)!;
    }

    [GeneratedRegex(@"[^\s<>()\[\],;:""]+@[^\s<>()\[\],;:""]+", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex EmailAddress();

    [GeneratedRegex(@"[\s\p{Cc}]+", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex WhiteSpace();
}
