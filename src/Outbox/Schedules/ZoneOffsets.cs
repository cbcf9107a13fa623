namespace Messaging.Outbox.Schedules;

/// <summary>
/// The offsets of a zone, and where they change. Only moments of UTC are asked about, which .NET answers rightly for every zone; its
/// rules, and what it says of local times, are left alone.
/// </summary>
internal sealed class ZoneOffsets(TimeZoneInfo zone)
{
    // No zone changes twice within it; the largest jump, over the date line, is a day.
    private static readonly TimeSpan Step = TimeSpan.FromHours(12), LargestJump = TimeSpan.FromHours(26);

    public TimeSpan At(DateTime utc) => zone.GetUtcOffset(utc);

    /// <summary>The first change after <paramref name="after"/> and not after <paramref name="until"/>, or null.</summary>
    public DateTime? NextChange(DateTime after, DateTime until)
    {
        var offset = At(after);
        for (var from = after; from < until;)
        {
            var to = until - from > Step ? from + Step : until;
            if (At(to) != offset)
            {
                return Bisect(from, to, offset);
            }

            from = to;
        }

        return null;
    }

    /// <summary>The latest change before or at that moment whose repeated times may not be over yet.</summary>
    public (DateTime At, TimeSpan OffsetBefore)? LastChange(DateTime moment)
    {
        var (from, last) = (moment - LargestJump, ((DateTime, TimeSpan)?)null);
        while (NextChange(from, moment) is { } change)
        {
            last = (change, At(from));
            from = change;
        }

        return last;
    }

    private DateTime Bisect(DateTime before, DateTime after, TimeSpan offset)
    {
        var (low, high) = (before.Ticks, after.Ticks);
        while (high - low > 1)
        {
            var middle = low + ((high - low) / 2);
            (low, high) = At(new DateTime(middle, DateTimeKind.Utc)) == offset ? (middle, high) : (low, middle);
        }

        return new DateTime(high, DateTimeKind.Utc);
    }
}
