using System.Text.Json;
using System.Text.Json.Serialization;
using Messaging.Outbox.Schedules;

namespace Messaging.Outbox.AspNetCore.Schedules;

/// <summary>A schedule.</summary>
/// <param name="Name">The name.</param>
/// <param name="Cron">The cron expression.</param>
/// <param name="CronText">The expression in words; null if it is not valid on this system.</param>
/// <param name="TimeZone">The IANA time zone of the expression.</param>
/// <param name="Misfire">What happens to missed due times.</param>
/// <param name="Type">The name of the message's type.</param>
/// <param name="Message">The message, the same for every run; null if the caller may not see messages.</param>
/// <param name="Kind">The kind of its tasks; null for the name of the type.</param>
/// <param name="Paused">Whether it is paused.</param>
/// <param name="Error">Why it has stopped until it is replaced or resumed; null if there is no error.</param>
/// <param name="NextDueAt">The next due time; null while it is paused or has an error.</param>
/// <param name="LastDueAt">The due time of the last run.</param>
/// <param name="LastTaskId">The task of the last run.</param>
/// <param name="LastState">The state of that task; null if there is none, or if it is past its retention.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="UpdatedAt">When it was last changed.</param>
internal sealed record ScheduleView(
    string Name,
    string Cron,
    string? CronText,
    string TimeZone,
    MisfirePolicy Misfire,
    string Type,
    JsonElement? Message,
    string? Kind,
    bool Paused,
    string? Error,
    DateTimeOffset? NextDueAt,
    DateTimeOffset? LastDueAt,
    Guid? LastTaskId,
    TaskState? LastState,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    /// <summary>The next five due times, when a single schedule is read.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<DateTimeOffset>? NextDueTimes { get; init; }

    /// <summary>The same in the schedule's time zone, such as <c>2026-11-30 02:30 +01:00</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? NextDueLocal { get; init; }

    /// <summary>The last ten runs, the newest first, when a single schedule is read; also those by hand.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ScheduleRun>? LastRuns { get; init; }

    public static ScheduleView Of(ScheduleRecord schedule, TaskState? lastState) => new(
        schedule.Name,
        schedule.Cron,
        Outbox.Schedules.CronText.Of(schedule.Cron),
        schedule.TimeZone,
        schedule.Misfire,
        schedule.Type,
        schedule.Message,
        schedule.Kind,
        schedule.Paused,
        schedule.Error,
        schedule.NextDueAt,
        schedule.LastDueAt,
        schedule.LastTaskId,
        lastState,
        schedule.CreatedAt,
        schedule.UpdatedAt);

    /// <summary>What the caller may see of it.</summary>
    public ScheduleView For(HttpContext http) => http.SeesPayloads() ? this : this with { Message = null };
}

/// <summary>Adds to schedules what became of their runs. The views are whole, and the same for all callers: <see cref="ScheduleView.For"/>.</summary>
internal sealed class ScheduleViews(ScheduleRunReader runs)
{
    /// <summary>Schedules of a list, with the state of their last runs.</summary>
    public async Task<IReadOnlyList<ScheduleView>> OfAsync(IReadOnlyList<ScheduleRecord> schedules, CancellationToken cancellationToken)
    {
        var tasks = await runs.FindAsync([.. schedules.Select(s => s.LastTaskId).OfType<Guid>()], cancellationToken);
        return [.. schedules.Select(s => ScheduleView.Of(s, s.LastTaskId is { } id ? tasks.GetValueOrDefault(id)?.State : null))];
    }

    /// <summary>The answer to a change: the schedule with the state of its last run, and its version in the headers.</summary>
    public async Task<ScheduleView> OfAsync(ScheduleRecord schedule, HttpContext http, CancellationToken cancellationToken)
    {
        http.Response.Headers.ETag = ScheduleTag.Of(schedule.UpdatedAt);
        return (await OfAsync([schedule], cancellationToken))[0].For(http);
    }

    /// <summary>A schedule with its due times and its last runs.</summary>
    public async Task<ScheduleView> WholeAsync(ScheduleRecord schedule, CancellationToken cancellationToken) =>
        (await OfAsync([schedule], cancellationToken))[0] with
        {
            NextDueTimes = schedule.NextDueTimes,
            NextDueLocal = SchedulePreview.Local(schedule.NextDueTimes ?? [], schedule.TimeZone),
            LastRuns = await runs.OfAsync(schedule, cancellationToken),
        };
}
