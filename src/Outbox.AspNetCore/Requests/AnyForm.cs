using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Messaging.Outbox.AspNetCore;

/// <summary>
/// Binds a request from a JSON body or a form, and from the query string for fields that the body does not contain. Call it from
/// the <c>BindAsync</c> of the request type. Strings are trimmed, and an empty string counts as missing.
/// </summary>
public static class AnyForm
{
    private const int MaxDepth = 8, MaxPairs = 64;

    /// <summary>Reads the request as <typeparamref name="T"/>.</summary>
    /// <exception cref="BadHttpRequestException">
    /// 400: the body, or one of its fields, cannot be read. 415: the content type or an encoding is not supported.
    /// </exception>
    public static async ValueTask<T?> BindAsync<T>(HttpContext http)
        where T : class
    {
        var request = http.Request;
        var fields = new JsonObject(new JsonNodeOptions { PropertyNameCaseInsensitive = true });
        Add(fields, request.Query);
        try
        {
            var body = await ReadBodyAsync(request);
            if (body.Length > 0 && IsJson(request))
            {
                using var json = JsonDocument.Parse(body.GetBuffer().AsMemory(0, (int)body.Length), new() { MaxDepth = MaxDepth });
                StorableJson.Check(json.RootElement);
                if (fields.Count == 0 && IsTrimmed(json.RootElement) && HasNamesOnce(json.RootElement))
                {
                    return json.RootElement.Deserialize<T>(Options(http)); // a third of the time of what follows
                }

                foreach (var member in json.RootElement.EnumerateObject())
                {
                    Add(fields, member);
                }
            }
            else if (body.Length > 0)
            {
                request.Body = body;
                Add(fields, await ReadFormAsync(request));
            }

            foreach (var (name, value) in fields.Where(f => f.Value?.GetValueKind() == JsonValueKind.String).ToList())
            {
                fields[name] = value!.GetValue<string>().Trim() is { Length: > 0 } text ? text : null;
            }

            return fields.Deserialize<T>(Options(http));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new BadHttpRequestException("The body is not a valid JSON object.", StatusCodes.Status400BadRequest, exception);
        }
    }

    /// <exception cref="BadHttpRequestException">400: the form is invalid. 415: a part of it has an unsupported encoding.</exception>
    internal static async Task<IFormCollection> ReadFormAsync(HttpRequest request)
    {
        try
        {
            return await request.ReadFormAsync(new FormOptions { ValueCountLimit = MaxPairs, KeyLengthLimit = 256 }, request.HttpContext.RequestAborted);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException and not BadHttpRequestException)
        {
            throw new BadHttpRequestException("The body is not a valid form.", StatusCodes.Status400BadRequest, exception);
        }
        catch (NotSupportedException exception)
        {
            throw new BadHttpRequestException(
                "The form, a part of it or the name of a part has an unsupported encoding; use UTF-8.", StatusCodes.Status415UnsupportedMediaType, exception);
        }
    }

    private static JsonSerializerOptions Options(HttpContext http) => http.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;

    /// <summary>Whether no member is a string that trimming could change. A string that begins or ends with an escape may be one.</summary>
    private static bool IsTrimmed(JsonElement body)
    {
        const int LongestEscape = 6;
        foreach (var member in body.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.String)
            {
                var text = JsonMarshal.GetRawUtf8Value(member.Value)[1..^1];
                if (text.IsEmpty || !char.IsBetween((char)text[0], '!', '~') || !char.IsBetween((char)text[^1], '!', '~')
                    || text[0] == '\\' || text[^Math.Min(LongestEscape, text.Length)..].Contains((byte)'\\'))
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>Whether each name occurs once, ignoring case. Otherwise the last one wins, and objects are merged.</summary>
    private static bool HasNamesOnce(JsonElement body)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var member in body.EnumerateObject())
        {
            if (!names.Add(member.Name))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Reads the body before its type is considered: an empty one has no type, whatever its length or protocol announces.</summary>
    private static async Task<MemoryStream> ReadBodyAsync(HttpRequest request)
    {
        var body = new MemoryStream();
        if (request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != false)
        {
            await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted); // its size is limited by the stream
            body.Position = 0;
        }

        return body;
    }

    /// <returns>True for JSON, false for a form.</returns>
    /// <exception cref="BadHttpRequestException">415: the body is neither.</exception>
    private static bool IsJson(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        || (request.HasFormContentType
            ? false
            : throw new BadHttpRequestException(
                "The body must be application/json, application/x-www-form-urlencoded or multipart/form-data.", StatusCodes.Status415UnsupportedMediaType));

    /// <summary>
    /// Adds a member of the body: it replaces a field of the query string, except that the members of two objects are merged. An object is
    /// taken member by member: a parsed one reads them at its first use, and throws there if it has a name twice.
    /// </summary>
    private static void Add(JsonObject fields, JsonProperty member)
    {
        if (member.Value.ValueKind != JsonValueKind.Object)
        {
            fields[member.Name] = JsonNode.Parse(member.Value.GetRawText());
            return;
        }

        if (fields[member.Name] is not JsonObject members)
        {
            fields[member.Name] = members = [];
        }

        foreach (var inner in member.Value.EnumerateObject())
        {
            members[inner.Name] = JsonNode.Parse(inner.Value.GetRawText());
        }
    }

    /// <summary>Adds pairs as fields; <c>name[key]=value</c> becomes a member of an object.</summary>
    private static void Add(JsonObject fields, IEnumerable<KeyValuePair<string, StringValues>> pairs)
    {
        foreach (var (key, values) in pairs)
        {
            var text = values.LastOrDefault() ?? "";
            if (key.IndexOf('[', StringComparison.Ordinal) is > 0 and var open && key.EndsWith(']'))
            {
                if (fields[key[..open]] is not JsonObject members)
                {
                    fields[key[..open]] = members = [];
                }

                members[key[(open + 1)..^1]] = text;
            }
            else
            {
                fields[key] = text;
            }
        }
    }
}
