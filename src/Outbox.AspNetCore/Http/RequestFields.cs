using System.Text.Json;
using Microsoft.Extensions.Primitives;

namespace Messaging.Outbox.AspNetCore.Http;

/// <summary>
/// The fields of a request, whichever way they come: a JSON object, a form, or the query string for what the body does not
/// say. Reading a field checks it; what is wrong is collected in <see cref="Errors"/> under the field's name.
/// </summary>
internal sealed class RequestFields
{
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
        var body = await RequestBody.ReadAsync(request);
        if (body.Length == 0)
        {
            return fields;
        }

        if (RequestBody.IsJson(request))
        {
            fields.AddJson(RequestBody.ParseJson(body));
        }
        else
        {
            fields.AddTexts(await RequestBody.ParseFormAsync(request, body));
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
        var map = ReadMap(name);
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
            else if (value.Length > maxValueLength || value.Any(c => char.IsControl(c) && c is not ('\t' or '\r' or '\n')))
            {
                Error($"{name}.{key}", $"must not be longer than {maxValueLength} characters, nor contain control characters.");
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

    private Dictionary<string, string> ReadMap(string name)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in _texts.Where(t => t.Key.StartsWith($"{name}[", StringComparison.OrdinalIgnoreCase) && t.Key.EndsWith(']')))
        {
            map[key[(name.Length + 1)..^1]] = value;
        }

        if (!_json.TryGetValue(name, out var element) || element.ValueKind == JsonValueKind.Null)
        {
            return map;
        }

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
            else
            {
                map[property.Name] = property.Value.ValueKind switch
                {
                    JsonValueKind.String => property.Value.GetString()!,
                    JsonValueKind.Null => string.Empty,
                    _ => property.Value.GetRawText(),
                };
            }
        }

        return map;
    }

    private void AddJson(IEnumerable<KeyValuePair<string, JsonElement>> members)
    {
        foreach (var (name, value) in members)
        {
            _json[name] = value;
            if (value.ValueKind is JsonValueKind.String or JsonValueKind.Null)
            {
                _texts[name] = value.GetString() ?? string.Empty;
            }
        }
    }

    private void AddTexts(IEnumerable<KeyValuePair<string, StringValues>> pairs)
    {
        foreach (var (key, values) in pairs)
        {
            _texts[key] = values.LastOrDefault() ?? string.Empty;
        }
    }
}
