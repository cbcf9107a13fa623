namespace Messaging.Outbox;

/// <summary>UUIDv7 (RFC 9562): its first 48 bits are milliseconds since 1970, so that a key is ordered by time.</summary>
public static class Uuid7
{
    /// <summary>
    /// Ids before the first of these, or from the second on, are not taken for ids with a time: 2020 and 2060. Of random ids 99.5 % are outside.
    /// </summary>
    public static readonly DateTimeOffset BeginningOfTime = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), EndOfTime = new(2060, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The smallest id of that millisecond; of a time before 1970 the smallest of all.</summary>
    public static Guid LowerBound(DateTimeOffset time)
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(bytes, Math.Max(0, time.ToUnixTimeMilliseconds()) << 16);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>Whether the id may be a UUIDv7: its version says so, and its time is credible.</summary>
    public static bool HasTime(Guid id) => id.Version == 7 && TimeOf(id) >= BeginningOfTime && TimeOf(id) < EndOfTime;

    /// <summary>The millisecond that the id was made in; of an id of another kind it is any time up to the year 9999.</summary>
    public static DateTimeOffset TimeOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        var milliseconds = System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(bytes) >>> 16;
        return DateTimeOffset.FromUnixTimeMilliseconds(Math.Min(milliseconds, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));
    }
}
