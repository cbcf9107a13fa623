using System.Buffers;
using System.Buffers.Binary;
using System.Net.Mime;
using System.Security.Cryptography;
using System.Text;

namespace Messaging.Outbox.Signing;

/// <summary>What a signature vouches for. Each part goes in with its length, so that no two messages are the same bytes.</summary>
/// <param name="MessageId">The message's id, as its transport has it.</param>
/// <param name="Destination">The queue or exchange that it is sent to.</param>
/// <param name="ContentType">The media type of the body.</param>
/// <param name="Headers">The values of <see cref="SignedHeaders"/>, in their order.</param>
/// <param name="Body">The body, in which an envelope has the message's types.</param>
internal readonly record struct SignedMessage(Guid MessageId, string Destination, string? ContentType, string?[] Headers, ReadOnlyMemory<byte> Body)
{
    public const int MacSize = HMACSHA256.HashSizeInBytes;

    private const string EnvelopeType = "application/vnd.masstransit+json";

    /// <summary>Tells these bytes from whatever else may be signed with the same key, now or later.</summary>
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

    /// <summary>A transport writes it in its own way: with other spaces, and quotes. What is none stays as it is.</summary>
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
