using System.Globalization;

namespace Messaging.Outbox.Undelivered;

/// <summary>The broker takes no message of this size, however often it is sent.</summary>
internal sealed class MessageTooLargeException : Exception
{
    private MessageTooLargeException(string message)
        : base(message)
    {
    }

    public static MessageTooLargeException OfBody(long bytes, long max) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"The message has {bytes} bytes, and the broker takes at most {max}: store its content elsewhere and send where it is, or raise the broker's limit (max_message_size)."));

    public static MessageTooLargeException OfHeaders(long bytes, long max) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"The message's headers have {bytes} bytes, and the broker takes at most {max}: put what is large into the message, or store it elsewhere and send where it is."));
}
