using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Primitives;

namespace Messaging.Outbox.AspNetCore.Http;

/// <summary>Reads a list's query parameters strictly: one that is unknown, or cannot be read, is an error and is not ignored.</summary>
internal sealed class QueryFields
{
    private readonly Dictionary<string, StringValues> _values;

    public QueryFields(HttpRequest request, params IEnumerable<string> known)
    {
        _values = request.Query.ToDictionary(q => q.Key, q => q.Value, StringComparer.OrdinalIgnoreCase);
        foreach (var name in _values.Keys.Except(known, StringComparer.OrdinalIgnoreCase))
        {
            Errors[name] = [$"'{name}' is not known here; known are {string.Join(", ", known)}."];
        }

        // A filter that is left empty by mistake is not to widen what is meant.
        foreach (var (name, value) in _values.Where(v => v.Value.Any(string.IsNullOrWhiteSpace)))
        {
            Errors[name] = [$"'{name}' is empty: give it a value, or leave it out."];
        }
    }

    public Dictionary<string, string[]> Errors { get; } = new(StringComparer.Ordinal);

    public string? Text(string name, int maxLength = 200) => Value(name) is { } text ? Checked(name, text, maxLength) : null;

    /// <summary>Texts, one each time that the parameter is given.</summary>
    public IReadOnlyList<string> Texts(string name, int maxCount, int maxLength)
    {
        var texts = _values.GetValueOrDefault(name);
        return texts.Count > maxCount
            ? Error<IReadOnlyList<string>>(name, $"must not be given more than {maxCount} times.") ?? []
            : [.. texts.Select(text => Checked(name, text ?? "", maxLength)).OfType<string>()];
    }

    public Guid? Id(string name) => Value(name) is not { } text ? null
        : Guid.TryParse(text, out var id) ? id : Error<Guid?>(name, "must be a UUID.");

    public int Number(string name, int otherwise, int min, int max) => Value(name) is not { } text ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : Error<int>(name, $"must be a number from {min} to {max}.");

    /// <summary>A moment as in a JSON body, in UTC.</summary>
    public DateTimeOffset? Time(string name)
    {
        if (Value(name) is not { } text)
        {
            return null;
        }

        // The '+' of an offset, where it was not encoded, comes as a space.
        var whole = text.Length > 6 && text[^6] == ' ' ? $"{text[..^6]}+{text[^5..]}" : text;
        return JsonTimes.Moment(JsonSerializer.SerializeToElement(whole))?.ToUniversalTime()
            ?? Error<DateTimeOffset?>(name, JsonTimes.MomentExpected);
    }

    /// <summary>Names of an enumeration, given several times or with commas between.</summary>
    public IReadOnlyList<T> Names<T>(string name)
        where T : struct, Enum
    {
        var names = new List<T>();
        foreach (var text in _values.GetValueOrDefault(name).SelectMany(v => (v ?? "").Split(',', StringSplitOptions.TrimEntries)))
        {
            if (Enum.GetNames<T>().FirstOrDefault(n => n.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } known)
            {
                names.Add(Enum.Parse<T>(known));
            }
            else
            {
                Error<T>(name, $"must be of {string.Join(", ", Enum.GetNames<T>())}.");
            }
        }

        return names;
    }

    /// <summary>One name of an enumeration, or null.</summary>
    public T? Name<T>(string name)
        where T : struct, Enum =>
        Names<T>(name) switch
        {
            [] => null,
            [var only] => only,
            _ => Error<T?>(name, "must be given once."),
        };

    private string? Checked(string name, string text, int maxLength) =>
        text.Length > maxLength ? Error<string>(name, $"must not be longer than {maxLength} characters.")
        : text.Any(char.IsControl) ? Error<string>(name, "must not contain control characters.")
        : text;

    private string? Value(string name) => _values.GetValueOrDefault(name) switch
    {
        { Count: 0 } => null,
        { Count: 1 } values => values[0],
        _ => Error<string>(name, "must be given once."),
    };

    private T? Error<T>(string name, string problem)
    {
        Errors[name] = [$"'{name}' {problem}"];
        return default;
    }
}
