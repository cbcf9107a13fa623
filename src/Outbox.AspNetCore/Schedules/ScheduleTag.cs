using System.Globalization;

namespace Messaging.Outbox.AspNetCore.Schedules;

/// <summary>The entity tag of a schedule: the time of its last change by somebody. Runs do not change it.</summary>
internal static class ScheduleTag
{
    public static string Of(DateTimeOffset updatedAt) => string.Create(CultureInfo.InvariantCulture, $"\"{updatedAt.ToUnixTimeMilliseconds()}\"");

    /// <summary>Reads the conditions of a request that puts a schedule.</summary>
    /// <param name="ifMatch">The header <c>If-Match</c>.</param>
    /// <param name="ifNoneMatch">The header <c>If-None-Match</c>.</param>
    /// <param name="condition">The condition; null for none.</param>
    /// <returns>The header that is wrong, and why; null if none is.</returns>
    public static (string Header, string Error)? Read(string? ifMatch, string? ifNoneMatch, out SchedulePutCondition? condition)
    {
        condition = null;
        switch (ifMatch, ifNoneMatch)
        {
            case (null or "", null or ""):
                return null;

            case ({ Length: > 0 }, { Length: > 0 }):
                return ("If-Match", "excludes If-None-Match: one of them is enough.");

            case (_, "*"):
                condition = SchedulePutCondition.IsNew;
                return null;

            case (_, { Length: > 0 }):
                return ("If-None-Match", "must be *: the schedule must not exist.");
        }

        var tag = ifMatch!.StartsWith("W/", StringComparison.Ordinal) ? ifMatch[2..] : ifMatch; // a proxy that compresses makes it weak; it is a version, not bytes
        if (tag is not ['"', .., '"']
            || !long.TryParse(tag.AsSpan(1, tag.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            || at > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
        {
            return ("If-Match", "must be the ETag of GET /schedules/{name}.");
        }

        condition = new SchedulePutCondition(DateTimeOffset.FromUnixTimeMilliseconds(at));
        return null;
    }
}
