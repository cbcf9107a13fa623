using System.Data.Common;
using System.Globalization;
using Messaging.Outbox;

namespace Messaging.Faults.Verdict;

/// <summary>A task as the database has it.</summary>
internal sealed record TaskRow(Guid Id, string Kind, TaskState State, int Attempts, string? LastError, string? Worker, DateTimeOffset? FinishedAt);

/// <summary>An entry of the activity log; the task is the one that a registration's entry names.</summary>
internal sealed record EntryRow(Guid Id, string Message, Guid? Task);

/// <summary>A message that was dead-lettered.</summary>
internal sealed record LetterRow(Guid? MessageId, Guid? TaskId, string Reason, string? Error);

/// <summary>An attempt that failed.</summary>
internal sealed record AttemptRow(Guid TaskId, int Attempt, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, string Error);

/// <summary>What the database holds when everything is over; read by SQL that PostgreSQL and SQLite both understand.</summary>
internal sealed record Snapshot
{
    /// <summary>The row of a Blocked task stays, for a redrive of the failed one before it.</summary>
    public static readonly string IsNotKept = $"message_id NOT IN (SELECT id FROM tasks WHERE state = {(int)TaskState.Blocked})";

    public required IReadOnlyDictionary<Guid, TaskRow> Tasks { get; init; }

    public required ILookup<string, bool> WelcomedByEmail { get; init; }

    public required IReadOnlyList<EntryRow> Entries { get; init; }

    public required IReadOnlyList<LetterRow> Letters { get; init; }

    public required ILookup<Guid, AttemptRow> FailedAttempts { get; init; }

    public required IReadOnlyList<string> Outbox { get; init; }

    /// <summary>Batches that are kept in case the broker loses them.</summary>
    public required int SentBatches { get; init; }

    public required IReadOnlyList<Guid> InboxMessages { get; init; }

    /// <summary>The ids of the answers that were given under an Idempotency-Key; each has a row in the inbox.</summary>
    public required IReadOnlyList<Guid> Answers { get; init; }

    public required ILookup<Guid, Guid> Predecessors { get; init; }

    public static async Task<Snapshot> ReadAsync(DbConnection connection)
    {
        var attempts = await ReadAsync(connection, "SELECT task_id, attempt, started_at, ended_at, error FROM task_attempts", r =>
            new AttemptRow(r.GetGuid(0), r.GetInt32(1), Time(r.GetValue(2)), Time(r.GetValue(3)), r.GetString(4)));
        var users = await ReadAsync(connection, "SELECT email, welcomed_at IS NOT NULL FROM users", r =>
            (Email: r.GetString(0), Welcomed: Convert.ToBoolean(r.GetValue(1), CultureInfo.InvariantCulture)));
        var links = await ReadAsync(connection, "SELECT successor, predecessor FROM task_links", r => (Successor: r.GetGuid(0), Predecessor: r.GetGuid(1)));
        return new Snapshot
        {
            Tasks = (await ReadAsync(connection, "SELECT id, kind, state, attempts, last_error, worker, finished_at FROM tasks", r => new TaskRow(
                r.GetGuid(0), r.GetString(1), (TaskState)r.GetInt32(2), r.GetInt32(3), Text(r, 4), Text(r, 5), Time(r.GetValue(6))))).ToDictionary(t => t.Id),
            WelcomedByEmail = users.ToLookup(u => u.Email, u => u.Welcomed, StringComparer.Ordinal),
            Entries = await ReadAsync(connection, "SELECT id, substr(message, 1, 100), properties FROM activity_log", r =>
                new EntryRow(r.GetGuid(0), r.GetString(1), TaskIn(r.GetString(2)))),
            Letters = await ReadAsync(connection, "SELECT message_id, task_id, reason, error FROM dead_letters", r => new LetterRow(
                r.IsDBNull(0) ? null : r.GetGuid(0), r.IsDBNull(1) ? null : r.GetGuid(1), r.GetString(2), Text(r, 3))),
            FailedAttempts = attempts.ToLookup(a => a.TaskId),
            Outbox = await ReadAsync(connection, $"SELECT message_id, attempts, last_error FROM outbox WHERE {IsNotKept}", r =>
                $"{r.GetGuid(0)}, {r.GetInt32(1)} attempt(s) to send{(Text(r, 2) is { } error ? $": {error}" : "")}"),
            SentBatches = (await ReadAsync(connection, "SELECT id FROM sent_messages", r => r.GetInt64(0))).Count,
            InboxMessages = await ReadAsync(connection, "SELECT DISTINCT message_id FROM inbox", r => r.GetGuid(0)),
            Answers = await ReadAsync(connection, "SELECT id FROM idempotency_answers", r => r.GetGuid(0)),
            Predecessors = links.ToLookup(l => l.Successor, l => l.Predecessor),
        };
    }

    private static async Task<List<T>> ReadAsync<T>(DbConnection connection, string sql, Func<DbDataReader, T> read)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    private static string? Text(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static DateTimeOffset? Time(object value) => value switch
    {
        DateTime time => new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)),
        long milliseconds => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds),
        _ => null,
    };

    /// <summary>The property "task" of an entry that a registration wrote.</summary>
    private static Guid? TaskIn(string properties)
    {
        const string Name = "\"task\":\"";
        var at = properties.IndexOf(Name, StringComparison.Ordinal);
        return at >= 0 && Guid.TryParse(properties.AsSpan(at + Name.Length, 36), out var id) ? id : null;
    }
}
