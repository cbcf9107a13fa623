using System.Text.Json;

namespace Messaging.Outbox.AspNetCore;

/// <summary>Implemented by types that parse a field of a request; describes the accepted values.</summary>
public interface IExpected
{
    /// <summary>The error message without the field's name, which precedes it: <c>must be …</c></summary>
    static abstract string Expected { get; }
}

/// <summary>Thrown by a JSON converter that rejects a value. The response is a 400 that names the field.</summary>
/// <param name="problem">The error message without the field's name, which precedes it.</param>
/// <param name="within">The path of the invalid part within the value, such as <c>properties.a</c>; empty for the value itself.</param>
public sealed class FieldException(string problem, string within = "") : JsonException(problem)
{
    internal string Within => within;
}
