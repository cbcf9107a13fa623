using System.Text.Json.Serialization;

namespace Messaging.Outbox;

/// <summary>
/// What happens to missed due times: those that are late by more than <see cref="OutboxOptions.MisfireThreshold"/>, because no
/// process ran the schedule. Due times that are less late run once each.
/// </summary>
public enum MisfirePolicy
{
    /// <summary>One run for all missed due times, then the next one in the future. The default.</summary>
    [JsonStringEnumMemberName("fire_once")]
    FireOnce = 0,

    /// <summary>No run for missed due times, then the next one in the future.</summary>
    [JsonStringEnumMemberName("skip")]
    Skip = 1,

    /// <summary>
    /// One run for each missed due time, oldest first: at most 100 of a schedule at once, and more after
    /// <see cref="OutboxOptions.SchedulePollInterval"/>.
    /// </summary>
    [JsonStringEnumMemberName("fire_all")]
    FireAll = 2,
}
