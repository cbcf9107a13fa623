using System.Text.Json;
using Messaging.Outbox.DeadLetters;

namespace Messaging.Outbox;

/// <summary>A replacement for the body of a message that is redriven: for the message inside its envelope, or for the whole body.</summary>
/// <remarks>
/// It is checked as the type of the message (docs/decisions/0056). What still is <c>"[redacted]"</c> in it keeps the value that the message has
/// there, and members that only the service sets keep theirs.
/// </remarks>
public sealed class DeadLetterEdit
{
    private DeadLetterEdit(BodyEdit body) => Content = body;

    /// <summary>Replaces the message; its envelope with the ids and headers stays.</summary>
    /// <param name="message">The message.</param>
    /// <param name="allowUnchecked">Whether it is sent although this process does not know its type. Default: it is refused.</param>
    public static DeadLetterEdit Message(JsonElement message, bool allowUnchecked = false) => new(new BodyEdit(message.GetRawText(), IsWhole: false, allowUnchecked));

    /// <summary>Replaces the whole body, if its envelope cannot be read.</summary>
    /// <param name="body">The body.</param>
    /// <param name="allowUnchecked">Whether it is sent although this process does not know its type. Default: it is refused.</param>
    public static DeadLetterEdit Body(string body, bool allowUnchecked = false) => new(new BodyEdit(body, IsWhole: true, allowUnchecked));

    internal BodyEdit Content { get; }
}

/// <summary>The message cannot be replaced because its envelope cannot be read, or a value that was shown redacted is in another place.</summary>
public sealed class DeadLetterEditException : Exception
{
    /// <summary>The envelope cannot be read.</summary>
    public DeadLetterEditException()
        : base("The body is not a readable envelope: replace the whole body ('body').")
    {
    }

    internal DeadLetterEditException(string message)
        : base(message)
    {
    }
}
