using System.Buffers;

namespace Messaging.Api.Register;

/// <summary>A user's display name: one line that is displayed as it is stored, in a mail as well as on a page.</summary>
internal static class DisplayName
{
    public const int MaxLength = 100;

    // Unicode's Bidi_Control characters (marks, embeddings, overrides and isolates): they change the order in which a line is
    // displayed.
    private static readonly SearchValues<char> Bidi = SearchValues.Create(
        "\u061C\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069");

    /// <returns>The error, without the field's name; null if the name is valid.</returns>
    public static string? Problem(string? name) => name switch
    {
        null => null,
        _ when name.Any(c => char.IsControl(c) || c is '\u2028' or '\u2029') => "must be a single line without control characters.",
        _ when name.AsSpan().ContainsAny(Bidi) => "must not contain characters that change the direction of text.",
        _ when HasEncodedWord(name) => "must not contain an encoded word (=?…?=): write the characters themselves.",
        _ => null,
    };

    /// <summary>RFC 2047 encoded words, which mail programs decode in headers.</summary>
    public static bool HasEncodedWord(string text) =>
        text.IndexOf("=?", StringComparison.Ordinal) is >= 0 and var at && text.IndexOf("?=", at + 2, StringComparison.Ordinal) >= 0;
}
