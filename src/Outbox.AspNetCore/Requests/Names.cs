using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Messaging.Outbox.AspNetCore.Requests;

namespace Messaging.Outbox.AspNetCore;

/// <summary>
/// Names of an enumeration, in any case; not numbers. In a query string they are separated by commas or in repeated parameters; in JSON they are
/// an array, or a string as in a query string.
/// </summary>
[JsonConverter(typeof(NamesJson))]
public readonly record struct Names<T>(IReadOnlyList<T> All) : IParsable<Names<T>>, IExpected
    where T : struct, Enum
{
    /// <inheritdoc />
    public static string Expected => $"must be of {string.Join(", ", Enum.GetNames<T>())}.";

    /// <inheritdoc />
    public static Names<T> Parse(string s, IFormatProvider? provider) => TryParse(s, provider, out var names) ? names : throw new FormatException(Expected);

    /// <inheritdoc />
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Names<T> result)
    {
        var names = (s ?? "").Split(',', StringSplitOptions.TrimEntries);
        var known = names.Select(name => Enum.GetNames<T>().FirstOrDefault(n => n.Equals(name, StringComparison.OrdinalIgnoreCase))).OfType<string>().ToList();
        result = new Names<T>([.. known.Select(Enum.Parse<T>)]);
        return known.Count == names.Length;
    }
}

/// <summary>One name of an enumeration in a query string or in JSON, in any case. Numbers are not accepted.</summary>
[JsonConverter(typeof(NamesJson))]
public readonly record struct Name<T>(T Value) : IParsable<Name<T>>, IExpected
    where T : struct, Enum
{
    /// <inheritdoc />
    public static string Expected => $"must be one of {string.Join(", ", Enum.GetNames<T>())}.";

    /// <inheritdoc />
    public static Name<T> Parse(string s, IFormatProvider? provider) => TryParse(s, provider, out var name) ? name : throw new FormatException(Expected);

    /// <inheritdoc />
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Name<T> result)
    {
        var isOne = Names<T>.TryParse(s, provider, out var names) && names.All.Count == 1;
        result = isOne ? new Name<T>(names.All[0]) : default;
        return isOne;
    }
}

/// <summary>Reads one name of an enumeration from a JSON body, in any case. Numbers are not accepted.</summary>
public sealed class NameConverter<T> : JsonConverter<T>
    where T : struct, Enum
{
    /// <inheritdoc />
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Name<T>.TryParse(reader.GetString(), null, out var name) ? name.Value : throw new FieldException(Name<T>.Expected);

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
