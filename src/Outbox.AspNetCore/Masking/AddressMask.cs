using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.AspNetCore.Masking;

/// <summary>
/// Masks e-mail addresses for callers without the role <c>operate</c>: <c>a***@example.org</c>. An address is everything around an
/// <c>@</c>, also an encoded one, up to the next separator. The time is linear in the length of the text, because callers can store
/// any text.
/// </summary>
internal static class AddressMask
{
    private const string Gaps = " \t\r\n<>()[]{},;:\"'`=&?/\\|";

    private static readonly string[] Signs = ["@", "%40", "\\u0040", "&#64;", "&#x40;"];

    /// <summary>Masks a string; JSON stays valid JSON.</summary>
    public static string Of(string text)
    {
        if (!Signs.Any(sign => text.Contains(sign, StringComparison.OrdinalIgnoreCase)))
        {
            return text;
        }

        return text.AsSpan().TrimStart() is ['{' or '[', ..] && OfJson(text) is { } json ? json : OfPlain(text);
    }

    /// <summary>Masks every string and every name in JSON.</summary>
    public static JsonNode? Of(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => new JsonObject(Named(json)),
        JsonValueKind.Array => new JsonArray([.. json.EnumerateArray().Select(Of)]),
        JsonValueKind.String => JsonValue.Create(Of(json.GetString()!)),
        JsonValueKind.Null => null,
        _ => JsonValue.Create(json),
    };

    /// <summary>Names that are equal, or become equal by masking, get a number.</summary>
    private static IEnumerable<KeyValuePair<string, JsonNode?>> Named(JsonElement members)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in members.EnumerateObject())
        {
            var masked = Of(member.Name);
            for (var i = 2; !names.Add(masked); i++)
            {
                masked = $"{Of(member.Name)} ({i})";
            }

            yield return KeyValuePair.Create(masked, Of(member.Value));
        }
    }

    /// <returns>Null if the text is not JSON, or contains an unpaired surrogate (<c>\ud800</c>), which .NET does not read.</returns>
    private static string? OfJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return Of(document.RootElement)!.ToJsonString(JsonText.Relaxed);
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string OfPlain(string text)
    {
        var masked = new StringBuilder(text.Length);
        var start = 0; // the start of the current word
        for (var i = 0; i < text.Length; i++)
        {
            if (Gaps.Contains(text[i], StringComparison.Ordinal) && SignAt(text, i) == 0)
            {
                masked.Append(text, start, i + 1 - start);
                start = i + 1;
            }
            else if (SignAt(text, i) is > 0 and var length && i > start)
            {
                masked.Append(FirstOf(text, start)).Append("***@");
                start = i += length;
                i--;
            }
        }

        return masked.Append(text, start, text.Length - start).ToString();
    }

    private static string FirstOf(string text, int start) => char.IsHighSurrogate(text[start]) ? text.Substring(start, 2) : text.Substring(start, 1);

    private static int SignAt(string text, int index) => text[index] switch
    {
        '@' => 1,
        '%' or '\\' or '&' => Signs.FirstOrDefault(sign => string.Compare(text, index, sign, 0, sign.Length, StringComparison.OrdinalIgnoreCase) == 0)?.Length ?? 0,
        _ => 0,
    };
}
