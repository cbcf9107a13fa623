using System.Text.Json;

namespace Messaging.Outbox.AspNetCore.Http;

/// <summary>
/// The members of a JSON object, for bodies that are more than texts. Reading a member checks it; what is wrong is collected
/// in <see cref="Errors"/> under the member's path, also a member that nobody asked for.
/// </summary>
internal sealed class JsonFields
{
    /// <summary>Deep enough for a message within a list of tasks, and no way to exhaust the stack.</summary>
    private const int MaxDepth = 32;

    private readonly string _path;
    private readonly Dictionary<string, JsonElement> _members = new(StringComparer.OrdinalIgnoreCase);

    private JsonFields(string path, IEnumerable<KeyValuePair<string, JsonElement>> members, Dictionary<string, string[]> errors, string[] names)
    {
        _path = path;
        Errors = errors;
        foreach (var (name, value) in members)
        {
            _members[name] = value;
            if (!names.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                Error(name, "is not known here.");
            }
        }
    }

    public Dictionary<string, string[]> Errors { get; }

    /// <param name="request">What came.</param>
    /// <param name="names">The members that there are.</param>
    /// <exception cref="BadHttpRequestException">400, 413 or 415: the body as a whole cannot be read.</exception>
    public static async Task<JsonFields> ReadAsync(HttpRequest request, params string[] names) =>
        Parse(request, await RequestBody.ReadAsync(request), names);

    /// <summary>As <see cref="ReadAsync"/>; where there is no body there are no members.</summary>
    /// <exception cref="BadHttpRequestException">400, 413 or 415: the body as a whole cannot be read.</exception>
    public static async Task<JsonFields> ReadOptionalAsync(HttpRequest request, params string[] names)
    {
        var body = await RequestBody.ReadAsync(request);
        return body.Length == 0 ? new JsonFields("", [], NoErrors(), names) : Parse(request, body, names);
    }

    public string? Text(string name, int maxLength, bool required = false)
    {
        if (Any(name) is not { } value)
        {
            return required ? Error(name, "is required.") : null;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            return Error(name, "must be a text.");
        }

        var text = value.GetString()!;
        return text.Length == 0 || text.Length > maxLength || text.Any(char.IsControl)
            ? Error(name, $"must be 1 to {maxLength} characters without control characters.")
            : text;
    }

    /// <summary>Whether the member is there, be it null.</summary>
    public bool Has(string name) => _members.ContainsKey(name);

    /// <summary>A member of any kind but null, such as a message.</summary>
    public JsonElement? Any(string name) =>
        _members.TryGetValue(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public bool? Flag(string name)
    {
        if (Any(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            Error(name, "must be true or false.");
            return null;
        }

        return value.GetBoolean();
    }

    public JsonFields? Object(string name, params string[] names)
    {
        if (Any(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            Error(name, "must be an object.");
            return null;
        }

        return Within(name, value, names);
    }

    public IReadOnlyList<JsonFields> Objects(string name, int maxCount, params string[] names)
    {
        if (Any(name) is not { } value)
        {
            return [];
        }

        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > maxCount
            || value.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.Object))
        {
            Error(name, $"must be a list of at most {maxCount} objects.");
            return [];
        }

        return [.. value.EnumerateArray().Select((item, i) => Within($"{name}[{i}]", item, names))];
    }

    /// <summary>Notes what is wrong with a member.</summary>
    /// <returns>Null, for a caller that returns the member's value.</returns>
    public string? Error(string name, string problem)
    {
        Errors[_path + name] = [$"'{_path}{name}' {problem}"];
        return null;
    }

    private static JsonFields Parse(HttpRequest request, byte[] body, string[] names) => RequestBody.IsJson(request)
        ? new JsonFields("", RequestBody.ParseJson(body, MaxDepth), NoErrors(), names)
        : throw new BadHttpRequestException("The body must be application/json.", StatusCodes.Status415UnsupportedMediaType);

    private static Dictionary<string, string[]> NoErrors() => new(StringComparer.OrdinalIgnoreCase);

    private JsonFields Within(string name, JsonElement value, string[] names) =>
        new($"{_path}{name}.", value.EnumerateObject().Select(p => KeyValuePair.Create(p.Name, p.Value)), Errors, names);
}
