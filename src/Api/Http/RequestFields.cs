using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Messaging.Api.Http;

/// <summary>
/// The fields of a request, whichever way they come: a JSON object, a form, or the query string for what the body does not
/// say. Reading a field checks it; what is wrong is collected in <see cref="Errors"/> under the field's name.
/// </summary>
internal sealed class RequestFields
{
    private const int MaxPairs = 64;
    private readonly Dictionary<string, string> _texts = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, JsonElement> _json = new(StringComparer.OrdinalIgnoreCase);

    private RequestFields()
    {
    }

    public Dictionary<string, string[]> Errors { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="BadHttpRequestException">400, 413 or 415: the body as a whole cannot be read.</exception>
    public static async Task<RequestFields> ReadAsync(HttpRequest request)
    {
        var fields = new RequestFields();
        fields.AddTexts(request.Query);
        var body = await ReadBodyAsync(request);
        if (body.Length == 0)
        {
            return fields;
        }

        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var contentType))
        {
            throw Unsupported();
        }

        if (contentType.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) && IsUtf8(contentType))
        {
            fields.AddJson(body);
        }
        else if (request.HasFormContentType)
        {
            await fields.AddFormAsync(request, body);
        }
        else
        {
            throw Unsupported();
        }

        return fields;
    }

    /// <summary>The text of a field, or null when it is missing or empty.</summary>
    public string? Text(string name, int maxLength, bool required)
    {
        if (_json.TryGetValue(name, out var element) && element.ValueKind is not (JsonValueKind.String or JsonValueKind.Null))
        {
            return Error(name, "must be a text.");
        }

        var text = _texts.GetValueOrDefault(name)?.Trim();
        if (string.IsNullOrEmpty(text))
        {
            return required ? Error(name, "is required.") : null;
        }

        if (text.Length > maxLength)
        {
            return Error(name, $"must not be longer than {maxLength} characters.");
        }

        return text.Any(c => char.IsControl(c) && c is not ('\t' or '\r' or '\n'))
            ? Error(name, "must not contain control characters.")
            : text;
    }

    /// <summary>A set of named texts: a JSON object, or <c>name[key]=value</c> in a form or the query string.</summary>
    public Dictionary<string, string> Map(string name, int maxCount, int maxKeyLength, int maxValueLength)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        if (_json.TryGetValue(name, out var element) && element.ValueKind != JsonValueKind.Null)
        {
            if (element.ValueKind != JsonValueKind.Object)
            {
                Error(name, "must be an object.");
                return map;
            }

            foreach (var property in element.EnumerateObject())
            {
                if (property.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
                {
                    Error($"{name}.{property.Name}", "must be a text, a number or a truth value.");
                }

                map[property.Name] = TextOf(property.Value) ?? string.Empty;
            }
        }

        foreach (var (key, value) in _texts.Where(t => t.Key.StartsWith($"{name}[", StringComparison.OrdinalIgnoreCase) && t.Key.EndsWith(']')))
        {
            map[key[(name.Length + 1)..^1]] = value;
        }

        if (map.Count > maxCount)
        {
            Error(name, $"must not have more than {maxCount} entries.");
        }

        foreach (var (key, value) in map)
        {
            if (key.Length == 0 || key.Length > maxKeyLength || key.Any(char.IsControl))
            {
                Error(name, $"must have names of 1 to {maxKeyLength} characters without control characters.");
            }

            if (value.Length > maxValueLength || value.Contains('\0', StringComparison.Ordinal))
            {
                Error($"{name}.{key}", $"must not be longer than {maxValueLength} characters, nor contain a zero character.");
            }
        }

        return map;
    }

    /// <summary>Notes what is wrong with a field.</summary>
    /// <returns>Null, for a caller that returns the field's value.</returns>
    public string? Error(string name, string problem)
    {
        Errors[name] = [$"'{name}' {problem}"];
        return null;
    }

    private static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(HttpRequest request)
    {
        var limit = request.HttpContext.RequestServices.GetRequiredService<IOptions<ApiOptions>>().Value.MaxBodyBytes;
        if (request.ContentLength > limit)
        {
            throw TooLarge(limit);
        }

        var buffer = new MemoryStream();
        var chunk = new byte[8_192];
        int read;
        while ((read = await request.Body.ReadAsync(chunk, request.HttpContext.RequestAborted)) > 0)
        {
            buffer.Write(chunk, 0, read);
            if (buffer.Length > limit)
            {
                throw TooLarge(limit);
            }
        }

        return buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
    }

    private void AddJson(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 8 });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw Bad("The body must be a JSON object.");
            }

            CheckTexts(document.RootElement);
            foreach (var property in document.RootElement.EnumerateObject())
            {
                _json[property.Name] = property.Value.Clone();
                if (property.Value.ValueKind is JsonValueKind.String or JsonValueKind.Null)
                {
                    _texts[property.Name] = TextOf(property.Value) ?? string.Empty;
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw Bad("The body is not valid JSON.");
        }
    }

    private async Task AddFormAsync(HttpRequest request, ReadOnlyMemory<byte> body)
    {
        request.Body = new MemoryStream(body.ToArray());
        var feature = new FormFeature(request, new FormOptions { ValueCountLimit = MaxPairs, KeyLengthLimit = 256 });
        try
        {
            AddTexts(await feature.ReadFormAsync(request.HttpContext.RequestAborted));
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            throw Bad("The body is not a valid form.");
        }
    }

    private void AddTexts(IEnumerable<KeyValuePair<string, Microsoft.Extensions.Primitives.StringValues>> pairs)
    {
        foreach (var (key, values) in pairs)
        {
            _texts[key] = values[^1] ?? string.Empty;
        }
    }

    /// <summary>Reads every name and text once: half a surrogate pair, or bytes that are not UTF-8, throw here and not later.</summary>
    private static void CheckTexts(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    _ = property.Name;
                    CheckTexts(property.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    CheckTexts(item);
                }

                break;
            default:
                _ = TextOf(element);
                break;
        }
    }

    private static string? TextOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Null => null,
        _ => element.GetRawText(),
    };

    private static bool IsUtf8(MediaTypeHeaderValue contentType) =>
        !contentType.Charset.HasValue || contentType.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase);

    private static BadHttpRequestException Bad(string message) => new(message, StatusCodes.Status400BadRequest);

    private static BadHttpRequestException TooLarge(int limit) => new(
        string.Create(CultureInfo.InvariantCulture, $"The body must not be larger than {limit} bytes."),
        StatusCodes.Status413PayloadTooLarge);

    private static BadHttpRequestException Unsupported() => new(
        "The body must be application/json (UTF-8), application/x-www-form-urlencoded or multipart/form-data.",
        StatusCodes.Status415UnsupportedMediaType);
}
