using System.Text.Json;

namespace Messaging.Outbox.AspNetCore;

/// <summary>Describes the strings that a type of a request can be read from.</summary>
public interface IExpected
{
    /// <summary>The rest of a sentence that begins with the field's name: <c>must be …</c></summary>
    static abstract string Expected { get; }
}

/// <summary>A converter rejects a JSON value: a 400 that names the field.</summary>
/// <param name="problem">The rest of a sentence that begins with the field's name.</param>
/// <param name="within">The position within the value, such as <c>properties.a</c>.</param>
public sealed class FieldException(string problem, string within = "") : JsonException(problem)
{
    internal string Within => within;
}
