using System.Text;

namespace Messaging.Outbox.Rows;

/// <summary>
/// Prepares text from consumers and other systems so that every store can keep it. PostgreSQL refuses U+0000 and unpaired
/// surrogates, and fails the whole statement because of one value.
/// </summary>
internal static class StoredText
{
    private const char Replacement = '\uFFFD';

    /// <summary>
    /// One line: control characters become spaces, unpaired surrogates become U+FFFD, and text that is too long is cut between
    /// two characters.
    /// </summary>
    public static string? Line(string? text, int maxLength)
    {
        if (text is null)
        {
            return null;
        }

        var cut = Cut(text, maxLength);
        return IsClean(cut) ? cut : Clean(cut);
    }

    /// <summary>The first <paramref name="maxLength"/> UTF-16 units, or one less if the cut would split a surrogate pair.</summary>
    public static string Cut(string text, int maxLength) =>
        text.Length <= maxLength ? text
        : char.IsHighSurrogate(text[maxLength - 1]) && char.IsLowSurrogate(text[maxLength]) ? text[..(maxLength - 1)]
        : text[..maxLength];

    /// <summary>Whether every store accepts the text: it contains no U+0000 and no unpaired surrogate.</summary>
    public static bool IsStorable(string text)
    {
        if (!text.Contains('\0', StringComparison.Ordinal) && !text.AsSpan().ContainsAnyInRange('\ud800', '\udfff'))
        {
            return true;
        }

        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0' || (char.IsSurrogate(text[i]) && !IsPair(text, i++)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Refuses a parameter that some store would refuse, or that the driver would refuse inside a batch that it is already
    /// writing.
    /// </summary>
    /// <exception cref="UnstorableTextException">The parameter contains text that cannot be stored.</exception>
    public static void Check(object? parameter)
    {
        if ((parameter is string text && !IsStorable(text)) || (parameter is IEnumerable<string?> texts && texts.Any(t => t is not null && !IsStorable(t))))
        {
            throw new UnstorableTextException();
        }
    }

    private static bool IsClean(string text) => IsStorable(text) && !text.Any(char.IsControl);

    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (IsPair(text, i))
            {
                clean.Append(text[i++]).Append(text[i]);
            }
            else
            {
                clean.Append(char.IsSurrogate(text[i]) ? Replacement : char.IsControl(text[i]) ? ' ' : text[i]);
            }
        }

        return clean.ToString();
    }

    private static bool IsPair(string text, int index) =>
        char.IsHighSurrogate(text[index]) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]);
}
