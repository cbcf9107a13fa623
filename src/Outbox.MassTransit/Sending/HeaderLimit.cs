using System.Text;

namespace Messaging.Outbox.MassTransit.Sending;

/// <summary>
/// The largest headers that RabbitMQ takes. They are one frame, of at most 128 KiB; the broker closes the connection of a larger one, with all that the process sends and receives. New messages
/// may have half of that, which is checked where they are staged; a row may be older than that check, or have grown since.
/// </summary>
internal static class HeaderLimit
{
    /// <summary>Less than the frame by what the bus adds.</summary>
    public const int Bytes = 124 * 1_024;

    /// <summary>The bytes in a header's frame besides its name and its text: two lengths and a type.</summary>
    private const int Framing = 6;

    /// <summary>The number of bytes; null if they are not too many.</summary>
    /// <exception cref="System.Text.Json.JsonException">The row's metadata cannot be read.</exception>
    public static int? ExceededBy(Outgoing outgoing) =>
        outgoing.Row.Metadata.Length > Bytes / 3 // a character has at most three bytes
        && outgoing.Metadata.Headers is { } headers
        && SizeOf(headers) is var bytes and > Bytes ? bytes : null;

    private static int SizeOf(Dictionary<string, object> headers) => headers.Sum(header => Encoding.UTF8.GetByteCount(header.Key) + SizeOf(header.Value));

    private static int SizeOf(object value) => Framing + value switch
    {
        string text => Encoding.UTF8.GetByteCount(text),
        byte[] bytes => bytes.Length,
        IEnumerable<string> texts => texts.Sum(SizeOf),
        _ => sizeof(long),
    };
}
