using System.Text.Json;
using System.Text.Json.Serialization;

namespace Messaging.Outbox;

/// <summary>The definition of a schedule: which task is enqueued when.</summary>
public record ScheduleDefinition
{
    /// <summary>The name: 1 to 100 of a-z, 0-9, <c>.</c>, <c>_</c> and <c>-</c>.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// The cron expression in the format of Cronos: five fields (minute, hour, day of month, month, day of week), or six with the
    /// second first.
    /// </summary>
    /// <remarks>
    /// When the clock is put forward, a skipped local time is due at the next valid one. When it is put back, an expression with
    /// a fixed time (<c>30 2 * * *</c>) is due once, before the change, and one with <c>*</c>, a range or a step in its second,
    /// minute or hour (<c>*/30 * * * *</c>) is due in both hours.
    /// </remarks>
    public required string Cron { get; init; }

    /// <summary>The IANA id of the expression's time zone, such as <c>Europe/Berlin</c>. Default UTC.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>What happens to missed due times. Default <see cref="MisfirePolicy.FireOnce"/>.</summary>
    public MisfirePolicy Misfire { get; init; } = MisfirePolicy.FireOnce;

    /// <summary>The name of the message's type, one of those of <see cref="TaskTypesExtensions.AddTaskTypes"/>.</summary>
    public required string Type { get; init; }

    /// <summary>The message, the same for every run.</summary>
    public required JsonElement Message { get; init; }

    /// <summary>The kind of its tasks, which is shown in lists. Default: the name of the message type.</summary>
    public string? Kind { get; init; }
}

/// <summary>A stored schedule.</summary>
public sealed record ScheduleRecord : ScheduleDefinition
{
    /// <summary>Whether the schedule is paused: it enqueues nothing until it is resumed.</summary>
    public required bool Paused { get; init; }

    /// <summary>Why the schedule has stopped until it is replaced or resumed; null if there is no error.</summary>
    public string? Error { get; init; }

    /// <summary>The next due time; null while the schedule is paused or has an error.</summary>
    public DateTimeOffset? NextDueAt { get; init; }

    /// <summary>The due time of the last run.</summary>
    public DateTimeOffset? LastDueAt { get; init; }

    /// <summary>The task of the last run.</summary>
    public Guid? LastTaskId { get; init; }

    /// <summary>The last runs, the newest first, as they are stored.</summary>
    internal string? RecentRuns { get; init; }

    /// <summary>When the schedule was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the schedule was last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The next five due times, when a single schedule is read; null in a list.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<DateTimeOffset>? NextDueTimes { get; init; }
}

/// <summary>The result of creating or replacing a schedule.</summary>
/// <param name="Schedule">The schedule as it is stored.</param>
/// <param name="Created">Whether it was created and not replaced.</param>
public sealed record SchedulePut(ScheduleRecord Schedule, bool Created);

/// <summary>The stored schedule cannot run; the message gives the reason.</summary>
public sealed class ScheduleNotRunnableException(string message) : Exception(message);

/// <summary>When a schedule may be put: only as a new one, or only over a certain version.</summary>
/// <param name="UpdatedAt">When the version that is replaced was changed; null for a schedule that must not exist yet.</param>
public sealed record SchedulePutCondition(DateTimeOffset? UpdatedAt)
{
    /// <summary>The schedule must not exist.</summary>
    public static SchedulePutCondition IsNew { get; } = new(UpdatedAt: null);
}

/// <summary>The condition of a put is not met: the schedule exists already, or has been changed or deleted.</summary>
public sealed class ScheduleConflictException(string message) : Exception(message);
