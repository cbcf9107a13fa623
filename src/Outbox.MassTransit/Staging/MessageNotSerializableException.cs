using System.Runtime.Serialization;

namespace Messaging.Outbox.MassTransit.Staging;

/// <summary>
/// A message cannot be written as JSON. The text names the type and the member, and no value. No retry mends it.
/// </summary>
internal sealed class MessageNotSerializableException : SerializationException, IPermanentFailure
{
    private const string PathMark = " Path: ", MessageMark = "$.Message.";
    private const int MaxPath = 100;

    private MessageNotSerializableException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public static MessageNotSerializableException Of(Type type, Exception exception)
    {
        var cause = exception.InnerException ?? exception;
        return new($"{type.Name} cannot be written as JSON{(PathIn(cause.Message) is { } path ? $", because of its member {path}" : $" ({cause.GetType().Name})")}: "
            + "leave the member out ([JsonIgnore]), or give it a type that JSON has.", exception);
    }

    /// <summary>The serializer ends its text with the path; that of a cycle is as long as the serializer goes.</summary>
    private static string? PathIn(string text)
    {
        if (text.LastIndexOf(PathMark, StringComparison.Ordinal) is not (>= 0 and var at))
        {
            return null;
        }

        var path = text[(at + PathMark.Length)..].TrimEnd('.').Replace(MessageMark, "", StringComparison.OrdinalIgnoreCase);
        return path.Length <= MaxPath ? path : $"{path[..MaxPath]}…";
    }
}
