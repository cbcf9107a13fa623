using System.Text.Json;

namespace Messaging.Outbox.AspNetCore;

/// <summary>What a type of a request says of text that it cannot be read from.</summary>
public interface IExpected
{
    /// <summary>To follow the field's name: <c>must be …</c></summary>
    static abstract string Expected { get; }
}

/// <summary>A converter's word on a JSON value: a 400 that names the field.</summary>
/// <param name="problem">To follow the field's name.</param>
/// <param name="within">Where within the value, such as <c>properties.a</c>.</param>
public sealed class FieldException(string problem, string within = "") : JsonException(problem)
{
    internal string Within => within;
}
