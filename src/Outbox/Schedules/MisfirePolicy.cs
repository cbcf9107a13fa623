using System.Text.Json.Serialization;

namespace Messaging.Outbox;

/// <summary>
/// What becomes of due times that were missed: by more than <see cref="OutboxOptions.MisfireThreshold"/>, because no process ran
/// the schedule. Whatever is less late is run, once for each due time.
/// </summary>
public enum MisfirePolicy
{
    /// <summary>One run for all that were missed, then the next one in the future. The default.</summary>
    [JsonStringEnumMemberName("fire_once")]
    FireOnce = 0,

    /// <summary>None for what was missed, then the next one in the future.</summary>
    [JsonStringEnumMemberName("skip")]
    Skip = 1,

    /// <summary>
    /// One run for each, the oldest first: at most 100 of a schedule at once, and after <see cref="OutboxOptions.SchedulePollInterval"/>
    /// the next ones.
    /// </summary>
    [JsonStringEnumMemberName("fire_all")]
    FireAll = 2,
}
