using System.Globalization;

namespace Messaging.Outbox.Undelivered;

/// <summary>The broker takes no message of this size, however often it is sent.</summary>
internal sealed class MessageTooLargeException(long bytes, long max) : Exception(string.Create(
    CultureInfo.InvariantCulture,
    $"The message has {bytes} bytes, and the broker takes at most {max}: store its content elsewhere and send where it is, or raise the broker's limit (max_message_size)."));
