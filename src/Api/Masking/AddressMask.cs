using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Messaging.Api.Masking;

/// <summary>
/// E-mail addresses as a <c>read</c> key sees them: <c>a***@example.org</c>. Whatever stands around an <c>@</c> without a gap counts as one, also
/// where the sign is encoded. The time grows with the length of a text and not with its square, since a stranger may have written it.
/// </summary>
internal static class AddressMask
{
    private const string Gaps = " \t\r\n<>()[]{},;:\"'`=&?/\\|";

    private static readonly string[] Signs = ["@", "%40", "\\u0040", "&#64;", "&#x40;"];
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A text; one that is JSON stays JSON.</summary>
    public static string Of(string text)
    {
        if (!Signs.Any(sign => text.Contains(sign, StringComparison.OrdinalIgnoreCase)))
        {
            return text;
        }

        return text.AsSpan().TrimStart() is ['{' or '[', ..] && Parse(text) is { } json ? Of(json)!.ToJsonString(Relaxed) : OfPlain(text);
    }

    /// <summary>JSON with every string in it masked, and every name.</summary>
    public static JsonNode? Of(JsonNode? json) => json switch
    {
        JsonObject members => new JsonObject(Named(members)),
        JsonArray items => new JsonArray([.. items.Select(Of)]),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => JsonValue.Create(Of(value.GetValue<string>())),
        _ => json?.DeepClone(),
    };

    /// <summary>Two names that become one are told apart by a number.</summary>
    private static IEnumerable<KeyValuePair<string, JsonNode?>> Named(JsonObject members)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, value) in members)
        {
            var masked = Of(name);
            for (var i = 2; !names.Add(masked); i++)
            {
                masked = $"{Of(name)} ({i})";
            }

            yield return KeyValuePair.Create(masked, Of(value));
        }
    }

    private static string OfPlain(string text)
    {
        var masked = new StringBuilder(text.Length);
        var start = 0; // of the word
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

    private static JsonNode? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            return null;
        }
    }
}
