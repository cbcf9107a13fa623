using System.Buffers;

namespace Messaging.Api.Register;

/// <summary>How a user wants to be called: one line that reads as it is written, in a mail as well as on a page.</summary>
internal static class DisplayName
{
    public const int MaxLength = 100;

    // Marks, embeddings, overrides and isolates (Unicode's Bidi_Control): they make a line read otherwise than it is stored.
    private static readonly SearchValues<char> Bidi = SearchValues.Create(
        "\u061C\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069");

    /// <returns>What is wrong with it, to follow the field's name; null when nothing is.</returns>
    public static string? Problem(string? name) => name switch
    {
        null => null,
        _ when name.Any(c => char.IsControl(c) || c is '\u2028' or '\u2029') => "must be a single line without control characters.",
        _ when name.AsSpan().ContainsAny(Bidi) => "must not contain characters that change the direction of text.",
        _ when HasEncodedWord(name) => "must not contain an encoded word (=?…?=): write the characters themselves.",
        _ => null,
    };

    /// <summary>RFC 2047: what mail programs decode in a header, whoever has written it.</summary>
    public static bool HasEncodedWord(string text) =>
        text.IndexOf("=?", StringComparison.Ordinal) is >= 0 and var at && text.IndexOf("?=", at + 2, StringComparison.Ordinal) >= 0;
}
