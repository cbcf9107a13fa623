namespace Messaging.Outbox;

/// <summary>UUIDv7 (RFC 9562): its first 48 bits are milliseconds since 1970, so that a key is ordered by time.</summary>
public static class Uuid7
{
    /// <summary>The smallest id of that millisecond.</summary>
    public static Guid LowerBound(DateTimeOffset time)
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(bytes, time.ToUnixTimeMilliseconds() << 16);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>The millisecond that the id was made in.</summary>
    public static DateTimeOffset TimeOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return DateTimeOffset.FromUnixTimeMilliseconds(System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(bytes) >>> 16);
    }
}
