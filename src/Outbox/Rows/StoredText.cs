using System.Text;

namespace Messaging.Outbox.Rows;

/// <summary>
/// Texts of consumers and of other systems, as every store keeps them. PostgreSQL refuses U+0000 and half a surrogate pair, and with the one
/// value the whole statement.
/// </summary>
internal static class StoredText
{
    private const char Replacement = '\uFFFD';

    /// <summary>One line: control characters become spaces, half a character U+FFFD, and what is longer is cut between two characters.</summary>
    public static string? Line(string? text, int maxLength)
    {
        if (text is null)
        {
            return null;
        }

        var cut = Cut(text, maxLength);
        return IsClean(cut) ? cut : Clean(cut);
    }

    /// <summary>The first <paramref name="maxLength"/> UTF-16 units, or one less where that would halve a character.</summary>
    public static string Cut(string text, int maxLength) =>
        text.Length <= maxLength ? text
        : char.IsHighSurrogate(text[maxLength - 1]) && char.IsLowSurrogate(text[maxLength]) ? text[..(maxLength - 1)]
        : text[..maxLength];

    /// <summary>Whether every store takes the text as it is: there is no U+0000 in it, and no half of a character.</summary>
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
    /// Refuses a parameter that one store would refuse, or the driver within a batch that it has begun to write, and that another would take.
    /// </summary>
    /// <exception cref="UnstorableTextException">It is a text, or texts, that cannot be stored.</exception>
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
