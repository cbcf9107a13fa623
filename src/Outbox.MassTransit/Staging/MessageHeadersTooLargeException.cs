using System.Globalization;
using System.Text;
using MassTransit;

namespace Messaging.Outbox.MassTransit.Staging;

/// <summary>
/// A message's headers are too large for a broker. RabbitMQ takes 128 KiB, with the headers that the outbox adds, and closes the connection of a message that has more, with all that the
/// process sends and receives; so it is refused where it is staged. No retry mends it.
/// </summary>
internal sealed class MessageHeadersTooLargeException : MessageException, IPermanentFailure
{
    private const int MaxBytes = 64 * 1_024;

    private MessageHeadersTooLargeException(Type type, int bytes)
        : base(type, string.Create(
            CultureInfo.InvariantCulture, $"The headers of {type.Name} have {bytes} bytes, and may have {MaxBytes}: put what is large into the message, or store it elsewhere and send where it is."))
    {
    }

    /// <exception cref="MessageHeadersTooLargeException">The headers are too large.</exception>
    public static void ThrowIfTooLarge(Type type, Headers headers)
    {
        var bytes = 0;
        foreach (var header in headers.GetAll())
        {
            bytes += Encoding.UTF8.GetByteCount(header.Key) + (header.Value is string text ? Encoding.UTF8.GetByteCount(text) : 0);
        }

        if (bytes > MaxBytes)
        {
            throw new MessageHeadersTooLargeException(type, bytes);
        }
    }
}
