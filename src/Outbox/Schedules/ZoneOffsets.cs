namespace Messaging.Outbox.Schedules;

/// <summary>
/// The UTC offsets of a time zone and when they change. It only asks .NET about UTC times, for which the answer is right in every
/// zone; it does not use the zone's rules or local times.
/// </summary>
internal sealed class ZoneOffsets(TimeZoneInfo zone)
{
    // No zone changes its offset twice within the step; the largest jump, across the date line, is a day.
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

    /// <summary>The last change at or before that moment whose repeated local times may not be over yet.</summary>
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
