using System.Data.Common;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Schedules;

/// <summary>Reads schedules, and contains the SQL that changes them: the same in both dialects.</summary>
internal sealed class ScheduleStore(IStoreQueries queries, IOptions<OutboxOptions> options)
{
    public const string Insert =
        """
        INSERT INTO messaging.schedules (cron, time_zone, misfire, task_type, message, kind, paused, next_due_at, updated_at, name, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (name) DO NOTHING
        """;

    public const string Replace =
        """
        UPDATE messaging.schedules SET cron = $1, time_zone = $2, misfire = $3, task_type = $4, message = $5, kind = $6, paused = $7,
            next_due_at = $8, updated_at = $9, error = NULL
        WHERE name = $10
        """;

    public const string Delete = "DELETE FROM messaging.schedules WHERE name = $1";

    /// <summary>
    /// Changes a row only if it has not changed since it was read: of several processes only one advances the due time, and none
    /// runs a schedule that was just replaced or paused.
    /// </summary>
    public static readonly string Advance =
        $"""
        UPDATE messaging.schedules SET next_due_at = $1, last_due_at = coalesce($2, last_due_at), last_task_id = coalesce($3, last_task_id),
            {ScheduleRuns.Added("$7")}
        WHERE name = $4 AND next_due_at = $5 AND updated_at = $6 AND paused = 0
        """;

    /// <summary>Records a run by hand.</summary>
    public static readonly string AddRun = $"UPDATE messaging.schedules SET {ScheduleRuns.Added("$1")} WHERE name = $2";

    /// <summary>Stops a schedule that cannot continue, under the same conditions; replacing or resuming it clears the error.</summary>
    public const string Fail =
        """
        UPDATE messaging.schedules SET next_due_at = NULL, error = $1
        WHERE name = $2 AND next_due_at = $3 AND updated_at = $4 AND paused = 0
        """;

    /// <summary>Corrects the due time, under the same conditions.</summary>
    public const string Move =
        "UPDATE messaging.schedules SET next_due_at = $1 WHERE name = $2 AND next_due_at = $3 AND updated_at = $4 AND paused = 0";

    private const string Select =
        """
        SELECT name, cron, time_zone, misfire, task_type, message, kind, paused, next_due_at, last_due_at, last_task_id,
            created_at, updated_at, error, recent_runs
        FROM messaging.schedules
        """;

    private const string SelectOne = $"{Select} WHERE name = $1";

    private const string TouchUnchanged = "UPDATE messaging.schedules SET updated_at = $1 WHERE name = $2 AND updated_at = $3";

    private const string Touch = "UPDATE messaging.schedules SET updated_at = $1 WHERE name = $2";

    public Task<IReadOnlyList<ScheduleRecord>> ListAsync(string after, int limit, CancellationToken cancellationToken) =>
        QueryAsync($"{Select} WHERE name > $1 ORDER BY name LIMIT $2", [after, limit], cancellationToken);

    public async Task<ScheduleRecord?> FindAsync(string name, CancellationToken cancellationToken) =>
        (await QueryAsync(SelectOne, [name], cancellationToken)).FirstOrDefault();

    /// <summary>Due schedules by name; a page starts after a name, so that a schedule that cannot run does not block the others.</summary>
    public Task<IReadOnlyList<ScheduleRecord>> DueAsync(
        DateTimeOffset now, string after, int limit, CancellationToken cancellationToken) =>
        QueryAsync(
            $"{Select} WHERE next_due_at <= $1 AND paused = 0 AND name > $2 ORDER BY name LIMIT $3",
            [new StoreTime(now), after, limit],
            cancellationToken);

    /// <summary>Schedules that are not due yet, in pages by name.</summary>
    public Task<IReadOnlyList<ScheduleRecord>> NotYetDueAsync(
        DateTimeOffset now, string after, int limit, CancellationToken cancellationToken) =>
        QueryAsync(
            $"{Select} WHERE next_due_at > $1 AND paused = 0 AND name > $2 ORDER BY name LIMIT $3",
            [new StoreTime(now), after, limit],
            cancellationToken);

    /// <summary>Reads a schedule and locks its row until the commit. What is read has the time of the lock as the time of its change.</summary>
    public static async Task<ScheduleRecord?> LockAsync(
        OutboxTransaction transaction, string name, DateTimeOffset now, CancellationToken cancellationToken) =>
        await transaction.ExecuteAsync(Touch, cancellationToken, new StoreTime(now), name) > 0
            ? (await transaction.QueryAsync(SelectOne, Read, cancellationToken, name)).Single()
            : null;

    /// <summary>The same, if the schedule was last changed at this time.</summary>
    /// <returns>Null if it does not exist or was changed since; then it is not changed.</returns>
    public static async Task<ScheduleRecord?> LockAsync(
        OutboxTransaction transaction, string name, DateTimeOffset now, DateTimeOffset unchangedSince, CancellationToken cancellationToken) =>
        await transaction.ExecuteAsync(TouchUnchanged, cancellationToken, new StoreTime(now), name, new StoreTime(unchangedSince)) > 0
            ? (await transaction.QueryAsync(SelectOne, Read, cancellationToken, name)).Single()
            : null;

    /// <summary>Runs an action with a transaction within the commit timeout; unlike a query, it is awaited to its end.</summary>
    public async Task<T> WithinTimeAsync<T>(Func<CancellationToken, Task<T>> action, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(options.Value.CommitTimeout);
        try
        {
            return await action(deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StoreUnavailableException("The database did not answer in time.");
        }
    }

    public static object?[] Parameters(ScheduleRecord schedule) =>
    [
        schedule.Cron,
        schedule.TimeZone,
        Text(schedule.Misfire),
        schedule.Type,
        schedule.Message.GetRawText(),
        schedule.Kind,
        schedule.Paused ? 1 : 0,
        StoreTime.Of(schedule.NextDueAt),
        new StoreTime(schedule.UpdatedAt),
        schedule.Name,
    ];

    public static ScheduleRecord Read(DbDataReader reader) => new()
    {
        Name = reader.GetString(0),
        Cron = reader.GetString(1),
        TimeZone = reader.GetString(2),
        Misfire = Enum.GetValues<MisfirePolicy>().First(m => Text(m) == reader.GetString(3)),
        Type = reader.GetString(4),
        Message = JsonText.Parse(reader.GetString(5)),
        Kind = reader.Text(6),
        Paused = reader.GetInt16(7) != 0,
        NextDueAt = reader.Time(8),
        LastDueAt = reader.Time(9),
        LastTaskId = reader.IsDBNull(10) ? null : reader.GetGuid(10),
        CreatedAt = reader.Time(11)!.Value,
        UpdatedAt = reader.Time(12)!.Value,
        Error = reader.Text(13),
        RecentRuns = reader.Text(14),
    };

    private Task<IReadOnlyList<ScheduleRecord>> QueryAsync(
        string sql, IReadOnlyList<object?> parameters, CancellationToken cancellationToken) =>
        StoreDeadline.RunAsync(options.Value.CommitTimeout, token => queries.QueryAsync(sql, parameters, Read, token), cancellationToken);

    private static string Text(MisfirePolicy misfire) => misfire switch
    {
        MisfirePolicy.FireOnce => "fire_once",
        MisfirePolicy.Skip => "skip",
        MisfirePolicy.FireAll => "fire_all",
        _ => throw new ArgumentOutOfRangeException(nameof(misfire)),
    };
}
