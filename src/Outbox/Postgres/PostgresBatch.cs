using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Npgsql;

namespace Messaging.Outbox.Postgres;

/// <summary>
/// The statements that write a group of units, sent in one round trip. Rows go as arrays (<c>unnest</c>), so the text is the
/// same for any number of them and is prepared once.
/// </summary>
internal sealed class PostgresBatch(NpgsqlConnection connection, NpgsqlTransaction? transaction = null) : IAsyncDisposable
{
    private readonly NpgsqlBatch _batch = new(connection, transaction);

    public static NpgsqlParameter<T> Parameter<T>(T value) => new() { TypedValue = value };

    public PostgresBatch Begin() => Add("BEGIN");

    public PostgresBatch Commit() => Add("COMMIT");

    /// <summary>Throws when the transaction is aborted, and does nothing else.</summary>
    public PostgresBatch Check() => Add("SELECT 1");

    /// <summary>Inserts the inbox keys and runs the staged commands.</summary>
    /// <returns>False when an inbox key is already there.</returns>
    public async Task<bool> ExecuteFirstPhaseAsync(IReadOnlyList<StagedWork> group, CancellationToken cancellationToken)
    {
        var keys = group.SelectMany(w => w.InboxKeys).ToList();
        NpgsqlBatchCommand? inbox = null;
        if (keys.Count > 0)
        {
            Add(
                """
                INSERT INTO inbox (message_id, consumer_id) SELECT * FROM unnest($1, $2)
                ON CONFLICT (message_id, consumer_id) DO NOTHING
                """,
                Parameter(keys.Select(k => k.MessageId).ToArray()),
                Parameter(keys.Select(k => k.ConsumerId).ToArray()));
            inbox = _batch.BatchCommands[^1];
        }

        var commands = group.SelectMany(w => w.Commands).ToList();
        var offset = _batch.BatchCommands.Count;
        foreach (var command in commands)
        {
            Add(command.Sql, [.. command.Parameters.Select(ToParameter)]);
        }

        await ExecuteAsync(cancellationToken);
        for (var i = 0; i < commands.Count; i++)
        {
            commands[i].RowsAffected = _batch.BatchCommands[offset + i].RecordsAffected;
        }

        return inbox is null || inbox.RecordsAffected == keys.Count;
    }

    /// <summary>Adds what the first phase may have decided about: messages, their tasks, outcomes.</summary>
    public PostgresBatch AddSecondPhase(IReadOnlyList<StagedWork> group)
    {
        var messages = group.SelectMany(w => w.MessagesToStore).ToList();
        var outcomes = group.SelectMany(w => w.Outcomes).OrderBy(o => o.Id).ToList();
        if (messages.Count > 0)
        {
            Add(
                """
                INSERT INTO outbox (due_at, message_id, destination, content_type, metadata, body)
                SELECT now() + m.delay, m.message_id, m.destination, m.content_type, m.metadata, m.body
                FROM unnest($1, $2, $3, $4, $5, $6) AS m (delay, message_id, destination, content_type, metadata, body)
                """,
                Parameter(messages.Select(m => m.Delay).ToArray()),
                Parameter(messages.Select(m => m.MessageId).ToArray()),
                Parameter(messages.Select(m => m.Destination).ToArray()),
                Parameter(messages.Select(m => m.ContentType).ToArray()),
                Parameter(messages.Select(m => m.Metadata).ToArray()),
                Parameter(messages.Select(m => m.Body).ToArray()));
        }

        var tasks = messages.Where(m => m.TaskKind is not null).ToList();
        if (tasks.Count > 0)
        {
            Add(
                "INSERT INTO tasks (id, kind) SELECT * FROM unnest($1, $2)",
                Parameter(tasks.Select(m => m.MessageId).ToArray()),
                Parameter(tasks.Select(m => m.TaskKind!).ToArray()));
        }

        if (outcomes.Count > 0)
        {
            AddOutcomes(outcomes);
        }

        return this;
    }

    public async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        if (_batch.BatchCommands.Count > 0)
        {
            await _batch.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    public ValueTask DisposeAsync() => _batch.DisposeAsync();

    private void AddOutcomes(List<TaskOutcome> outcomes) =>
        Add(
            $"""
            UPDATE tasks SET state = o.state, attempts = greatest(tasks.attempts, o.attempts), 
                started_at = coalesce(o.started_at, tasks.started_at),
                finished_at = CASE WHEN o.state = {(int)TaskState.Retrying} THEN NULL ELSE now() END,
                next_attempt_at = now() + o.delay, last_error = coalesce(o.error, tasks.last_error)
            FROM unnest($1, $2, $3, $4, $5, $6) AS o (id, state, attempts, started_at, delay, error)
            WHERE tasks.id = o.id AND tasks.state <> {(int)TaskState.Succeeded}
            """,
            Parameter(outcomes.Select(o => o.Id).ToArray()),
            Parameter(outcomes.Select(o => (short)o.State).ToArray()),
            Parameter(outcomes.Select(o => o.Attempts).ToArray()),
            Parameter(outcomes.Select(o => o.StartedAt?.UtcDateTime).ToArray()),
            Parameter(outcomes.Select(o => o.RetryDelay).ToArray()),
            Parameter(outcomes.Select(o => o.Error).ToArray()));

    private PostgresBatch Add(string sql, params NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.AddRange(parameters);
        _batch.BatchCommands.Add(command);
        return this;
    }

    private static NpgsqlParameter ToParameter(object? value) => new()
    {
        Value = value switch
        {
            null => DBNull.Value,
            DateTimeOffset time => time.UtcDateTime,
            _ => value,
        },
    };
}
