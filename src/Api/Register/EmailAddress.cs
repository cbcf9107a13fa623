using System.Buffers;
using System.Globalization;

namespace Messaging.Api.Register;

/// <summary>
/// Validates mail addresses: a dot-atom (RFC 5322, 3.2.3) before the @, a host name with at least two labels (RFC 1123) after it.
/// No quoted local parts, comments, lists or line breaks, which allow header injection.
/// </summary>
internal static class EmailAddress
{
    public const int MaxLength = 254;
    private const int MaxLocalLength = 64;
    private static readonly SearchValues<char> Atom =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~.");

    private static readonly SearchValues<char> Label = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");
    private static readonly IdnMapping Idn = new();

    /// <returns>The address in lower case with its domain in ASCII; null if it is invalid.</returns>
    public static string? Normalize(string text)
    {
        var at = text.LastIndexOf('@');
        if (at is < 1 or > MaxLocalLength || text.Length > MaxLength)
        {
            return null;
        }

        var local = text[..at].ToLowerInvariant();
        var isAtom = !local.AsSpan().ContainsAnyExcept(Atom)
            && local[0] != '.' && local[^1] != '.' && !local.Contains("..", StringComparison.Ordinal)
            && !DisplayName.HasEncodedWord(local);
        return isAtom && NormalizeDomain(text[(at + 1)..]) is { } domain && local.Length + domain.Length < MaxLength
            ? $"{local}@{domain}"
            : null;
    }

    private static string? NormalizeDomain(string domain)
    {
        try
        {
            var ascii = Idn.GetAscii(domain).ToLowerInvariant();
            var labels = ascii.Split('.');
            return labels.Length >= 2 && labels.All(IsLabel) ? ascii : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= 63 && !label.AsSpan().ContainsAnyExcept(Label) && label[0] != '-' && label[^1] != '-';
}
