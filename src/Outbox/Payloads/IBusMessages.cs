using System.Text.Json;

namespace Messaging.Outbox.Payloads;

/// <summary>How the bus names message types on the wire, and how it reads messages; implemented by the room of the bus.</summary>
internal interface IBusMessages
{
    /// <summary>The options by which the bus reads the JSON of a message.</summary>
    JsonSerializerOptions Json { get; }

    /// <returns>The name of a type on the wire, such as <c>urn:message:Shop:Order</c>; null for a type that cannot be a message.</returns>
    string? NameOf(Type type);

    /// <summary>Finds a generic type that nobody has sent yet in this process, by its name on the wire.</summary>
    /// <param name="name">The name on the wire.</param>
    /// <param name="definitions">The generic types that it may be made of.</param>
    /// <param name="find">Finds the types of its arguments by their full names.</param>
    /// <returns>Null if it is not one of these, or an argument is not known.</returns>
    Type? MakeGeneric(string name, IEnumerable<Type> definitions, Func<string, Type?> find);
}
