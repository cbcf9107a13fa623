using System.Text.Json;
using System.Text.Json.Serialization;

namespace Messaging.Outbox;

/// <summary>Which task is handed on when.</summary>
public record ScheduleDefinition
{
    /// <summary>What the schedule is called: 1 to 100 of a-z, 0-9, <c>.</c>, <c>_</c> and <c>-</c>.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// Five fields - minute, hour, day of month, month, day of week - or six, with the second before them. As Cronos reads it.
    /// </summary>
    /// <remarks>
    /// Where the clock is put forward, a time that does not exist is taken at the next one that does. Where it is put back, an
    /// expression that names its times (<c>30 2 * * *</c>) is due once, before the change, and one with <c>*</c>, a range or a
    /// step in its second, minute or hour (<c>*/30 * * * *</c>) goes on in both hours.
    /// </remarks>
    public required string Cron { get; init; }

    /// <summary>The time zone that the expression is meant in, an IANA id such as <c>Europe/Berlin</c>. Default UTC.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>What becomes of due times that were missed. Default <see cref="MisfirePolicy.FireOnce"/>.</summary>
    public MisfirePolicy Misfire { get; init; } = MisfirePolicy.FireOnce;

    /// <summary>The name of the message's type, one of <see cref="TaskTypes.Names"/>.</summary>
    public required string Type { get; init; }

    /// <summary>The message, the same for every run.</summary>
    public required JsonElement Message { get; init; }

    /// <summary>What its tasks are called where they are shown. Default: the name of the message type.</summary>
    public string? Kind { get; init; }
}

/// <summary>A schedule as it is stored.</summary>
public sealed record ScheduleRecord : ScheduleDefinition
{
    /// <summary>Whether nothing is handed on until it is resumed.</summary>
    public required bool Paused { get; init; }

    /// <summary>Why it cannot go on until it is put again or resumed; null as long as nothing is wrong.</summary>
    public string? Error { get; init; }

    /// <summary>When it is due next; null while it is paused, or has an error.</summary>
    public DateTimeOffset? NextDueAt { get; init; }

    /// <summary>The due time of the latest run.</summary>
    public DateTimeOffset? LastDueAt { get; init; }

    /// <summary>The task of the latest run.</summary>
    public Guid? LastTaskId { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When somebody last changed it.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The next five due times, for one schedule that was asked for; null in a list.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<DateTimeOffset>? NextDueTimes { get; init; }
}

/// <summary>A schedule that was put.</summary>
/// <param name="Schedule">As it is stored.</param>
/// <param name="Created">Whether there was none of that name.</param>
public sealed record SchedulePut(ScheduleRecord Schedule, bool Created);

/// <summary>The schedule cannot be run as it is stored; the message says why.</summary>
public sealed class ScheduleNotRunnableException(string message) : Exception(message);
