namespace Messaging.Outbox;

/// <summary>UUIDv7 (RFC 9562): the first 48 bits are milliseconds since 1970, so that ids sort by time.</summary>
public static class Uuid7
{
    /// <summary>The range of times that count as the time of an id, 2020 to 2060; 99.5 % of random ids are outside of it.</summary>
    public static readonly DateTimeOffset BeginningOfTime = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), EndOfTime = new(2060, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The smallest id of that millisecond; for a time before 1970 the smallest id of all.</summary>
    public static Guid LowerBound(DateTimeOffset time)
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(bytes, Math.Max(0, time.ToUnixTimeMilliseconds()) << 16);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>Whether the id can be a UUIDv7: its version is 7 and its time is plausible.</summary>
    public static bool HasTime(Guid id) => id.Version == 7 && TimeOf(id) >= BeginningOfTime && TimeOf(id) < EndOfTime;

    /// <summary>The millisecond in the id; for other kinds of ids any time up to the year 9999.</summary>
    public static DateTimeOffset TimeOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        var milliseconds = System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(bytes) >>> 16;
        return DateTimeOffset.FromUnixTimeMilliseconds(Math.Min(milliseconds, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));
    }
}
