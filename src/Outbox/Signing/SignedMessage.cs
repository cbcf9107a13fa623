using System.Buffers;
using System.Buffers.Binary;
using System.Net.Mime;
using System.Security.Cryptography;
using System.Text;

namespace Messaging.Outbox.Signing;

/// <summary>
/// The parts of a message that a signature covers. Each part is written with its length, so that different messages never give
/// the same bytes.
/// </summary>
/// <param name="MessageId">The message's id, as in the transport.</param>
/// <param name="Destination">The queue or exchange to which it is sent.</param>
/// <param name="ContentType">The media type of the body.</param>
/// <param name="Headers">The values of <see cref="SignedHeaders"/>, in their order.</param>
/// <param name="Body">The body; an envelope contains the message types.</param>
internal readonly record struct SignedMessage(Guid MessageId, string Destination, string? ContentType, string?[] Headers, ReadOnlyMemory<byte> Body)
{
    public const int MacSize = HMACSHA256.HashSizeInBytes;

    private const string EnvelopeType = "application/vnd.masstransit+json";

    /// <summary>Separates these signatures from others that may be made with the same key.</summary>
    private static ReadOnlySpan<byte> Purpose => "messaging-outbox-signature-1"u8;

    public void Sign(ReadOnlySpan<byte> key, Span<byte> mac)
    {
        var contentType = Normalize(ContentType);
        var size = Purpose.Length + 16 + SHA256.HashSizeInBytes + MaxSize(Destination) + MaxSize(contentType);
        foreach (var header in Headers)
        {
            size += MaxSize(header);
        }

        var buffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            var rest = buffer.AsSpan();
            Purpose.CopyTo(rest);
            rest = rest[Purpose.Length..];
            MessageId.TryWriteBytes(rest);
            rest = rest[16..];
            SHA256.HashData(Body.Span, rest);
            rest = rest[SHA256.HashSizeInBytes..];
            Write(ref rest, Destination);
            Write(ref rest, contentType);
            foreach (var header in Headers)
            {
                Write(ref rest, header);
            }

            HMACSHA256.HashData(key, buffer.AsSpan(0, buffer.Length - rest.Length), mac);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static int MaxSize(string? text) => sizeof(int) + (text is null ? 0 : Encoding.UTF8.GetMaxByteCount(text.Length));

    private static void Write(ref Span<byte> rest, string? text)
    {
        var length = text is null ? -1 : Encoding.UTF8.GetBytes(text, rest[sizeof(int)..]);
        BinaryPrimitives.WriteInt32LittleEndian(rest, length);
        rest = rest[(sizeof(int) + Math.Max(0, length))..];
    }

    /// <summary>Transports change the whitespace and quotes of a media type. An invalid one is not changed.</summary>
    private static string? Normalize(string? contentType)
    {
        if (contentType is null or "" or EnvelopeType)
        {
            return contentType;
        }

        try
        {
            return new ContentType(contentType).ToString();
        }
        catch (FormatException)
        {
            return contentType;
        }
    }
}
