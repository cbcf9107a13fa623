using System.Globalization;
using Messaging.Outbox.SharedTasks;
using Messaging.Outbox.Store;
using Messaging.Outbox.PostgreSql.Connections;
using Messaging.Outbox.PostgreSql.Inbox;
using Messaging.Outbox.PostgreSql.Tasks;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.Commits;

/// <summary>
/// The statements that write a group of units, sent in one round trip. Rows are passed as arrays (<c>unnest</c>), so the SQL is
/// the same for any number of rows and is prepared once. The span <c>commit</c> shows them.
/// </summary>
internal sealed class CommitBatch(NpgsqlConnection connection, TableNames names, NpgsqlTransaction? transaction = null) : IAsyncDisposable
{
    private readonly StatementBatch _batch = new(new UntracedBatch(connection, transaction), names);

    /// <summary>For a batch that ends with a commit.</summary>
    public CommitBatch WithoutTimeLimit()
    {
        _batch.WithoutTimeLimit();
        return this;
    }

    public CommitBatch Begin() => Add("BEGIN");

    public CommitBatch Commit() => Add("COMMIT");

    /// <summary>For this transaction only. SET LOCAL does the same, but fails where there was no BEGIN.</summary>
    public CommitBatch LimitLockWait(TimeSpan? wait) =>
        wait is { } limit ? Add(string.Create(CultureInfo.InvariantCulture, $"SELECT set_config('lock_timeout', '{limit.TotalMilliseconds:0}', true)")) : this;

    /// <summary>Adds a statement that only fails if the transaction is aborted.</summary>
    public CommitBatch Check() => Add("SELECT 1");

    /// <summary>Inserts the inbox keys, runs the staged commands and writes the outcomes of attempts.</summary>
    /// <returns>False if an inbox key exists already, or the task of an outcome may have been cancelled.</returns>
    public async Task<bool> ExecuteFirstPhaseAsync(IReadOnlyList<StagedWork> group, CancellationToken cancellationToken)
    {
        var outcomes = OutcomesOf(group);
        if (outcomes.Exists(o => o.Share is not null))
        {
            return await ExecuteFirstPhaseOfSharedAsync(group, outcomes, cancellationToken);
        }

        var phase = AddFirstPhase(group, outcomes, InboxSql.Insert, OutcomeSql.Update);
        if (phase.Outcomes.Exists(o => o.HasSuccessors || o.MeasuresEffect))
        {
            phase.Written!.CommandText += OutcomeSql.ReturnWritten;
            await ExecuteAndReadWrittenAsync(phase.Outcomes, cancellationToken);
        }
        else
        {
            await ExecuteAsync(cancellationToken);
        }

        NoteRowsAffected(phase);
        return phase.AllKeysAreNew
            && (phase.Written is null || phase.Written.RecordsAffected == phase.Outcomes.Count || !await AnyCancelledAsync(phase.Outcomes, cancellationToken));
    }

    /// <summary>
    /// Executes both phases in one round trip, if nothing is decided in between (<see cref="StagedWork.DecidesInBetween"/>).
    /// Throws if an inbox key exists already or the task of an outcome was cancelled; then nothing of the group is committed.
    /// </summary>
    public async Task ExecuteBothPhasesAsync(IReadOnlyList<StagedWork> group, CancellationToken cancellationToken)
    {
        var phase = AddFirstPhase(group, OutcomesOf(group), InboxSql.InsertNew, OutcomeSql.UpdateOfNoneCancelled);
        if (phase.Outcomes.Exists(o => o.MeasuresEffect))
        {
            phase.Written!.CommandText += OutcomeSql.ReturnWritten;
            await AddSecondPhase(group).ExecuteAndReadWrittenAsync(phase.Outcomes, cancellationToken);
        }
        else
        {
            await AddSecondPhase(group).ExecuteAsync(cancellationToken);
        }

        NoteRowsAffected(phase);
    }

    /// <summary>Adds what the first phase can influence (<see cref="SecondPhase"/>).</summary>
    public CommitBatch AddSecondPhase(IReadOnlyList<StagedWork> group)
    {
        SecondPhase.AddTo(_batch, group);
        return this;
    }

    public Task ExecuteAsync(CancellationToken cancellationToken) => _batch.ExecuteAsync(cancellationToken);

    public ValueTask DisposeAsync() => _batch.DisposeAsync();

    // All groups lock rows in the same order, so that they cannot deadlock.
    private static List<TaskOutcome> OutcomesOf(IReadOnlyList<StagedWork> group) => [.. group.SelectMany(w => w.Outcomes).OrderBy(o => o.Id)];

    /// <summary>
    /// If a task has several consumers, its outcome depends on all of them: its row is locked first, one task after the other.
    /// </summary>
    private async Task<bool> ExecuteFirstPhaseOfSharedAsync(IReadOnlyList<StagedWork> group, List<TaskOutcome> outcomes, CancellationToken cancellationToken)
    {
        var phase = AddFirstPhase(group, [], InboxSql.Insert, OutcomeSql.Update);
        await ExecuteAsync(cancellationToken);
        NoteRowsAffected(phase);
        if (!phase.AllKeysAreNew)
        {
            return false;
        }

        var commands = new PostgresCommands(connection, transaction, names, cancellationToken);
        foreach (var outcome in outcomes.Where(o => o.Share is not null))
        {
            if (!await SharedOutcomes.ResolveAsync(outcome, commands, "FOR UPDATE"))
            {
                return false;
            }
        }

        var ended = outcomes.FindAll(o => o.Written is not null);
        if (ended.Count == 0)
        {
            return true;
        }

        // An UPDATE can set the row of a task only once. If two consumers of a task are in this group, the second one is written
        // last and wins.
        foreach (var round in ended.GroupBy(o => o.Id).SelectMany(g => g.Index()).GroupBy(o => o.Index, o => o.Item).OrderBy(g => g.Key))
        {
            await using var batch = new CommitBatch(connection, names, transaction);
            batch.Add(QueryPlans.FindByKeys).Add(OutcomeSql.Update + OutcomeSql.ReturnWritten, OutcomeSql.Of([.. round]));
            await batch.ExecuteAndReadWrittenAsync([.. round], cancellationToken);
        }

        return ended.TrueForAll(o => o.Wrote) || !await AnyCancelledAsync(ended, cancellationToken);
    }

    private FirstPhase AddFirstPhase(IReadOnlyList<StagedWork> group, List<TaskOutcome> outcomes, string insertInboxKeys, string updateOutcomes)
    {
        var keys = group.SelectMany(w => w.InboxKeys).ToList();
        var inbox = keys.Count > 0 ? Add(insertInboxKeys, InboxSql.Keys(keys))._batch.Last : null;

        var commands = group.SelectMany(w => w.Commands).ToList();
        var offset = _batch.Count;
        foreach (var command in commands)
        {
            _batch.AddAsWritten(command.Sql, [.. command.Parameters.Select(PostgresDialect.ParameterOfChecked)]);
        }

        var written = outcomes.Count > 0 ? Add(QueryPlans.FindByKeys).Add(updateOutcomes, OutcomeSql.Of(outcomes))._batch.Last : null;
        return new FirstPhase(keys.Count, inbox, commands, offset, outcomes, written);
    }

    private void NoteRowsAffected(FirstPhase phase)
    {
        for (var i = 0; i < phase.Commands.Count; i++)
        {
            phase.Commands[i].RowsAffected = _batch[phase.FirstCommand + i].RecordsAffected;
        }
    }

    /// <summary>Whether a task was cancelled: an outcome updated no row, but its task may also have succeeded or been deleted.</summary>
    private async Task<bool> AnyCancelledAsync(List<TaskOutcome> outcomes, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            names.In($"SELECT EXISTS (SELECT 1 FROM messaging.tasks WHERE id = ANY ($1) AND state = {(int)TaskState.Cancelled})"), connection, transaction);
        command.Parameters.Add(TypedParameter.Parameter(outcomes.Select(o => o.Id).ToArray()));
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>
    /// Records which outcomes changed their task, and how long ago it was accepted: only those count for the tasks that wait for it.
    /// The outcome of a second consumer does not, even in the same group.
    /// </summary>
    private async Task ExecuteAndReadWrittenAsync(List<TaskOutcome> outcomes, CancellationToken cancellationToken)
    {
        var written = new Dictionary<(Guid Id, TaskState State), TimeSpan>();
        await using (var reader = await _batch.ExecuteReaderAsync(cancellationToken))
        {
            do
            {
                written.Clear(); // a staged command may return rows too; those of the outcomes come last
                while (await reader.ReadAsync(cancellationToken))
                {
                    if (reader.FieldCount == 3 && reader.GetFieldType(0) == typeof(Guid) && reader.GetFieldType(1) == typeof(short) && reader.GetFieldType(2) == typeof(TimeSpan))
                    {
                        written[(reader.GetGuid(0), (TaskState)reader.GetInt16(1))] = reader.GetTimeSpan(2);
                    }
                }
            }
            while (await reader.NextResultAsync(cancellationToken));
        }

        foreach (var outcome in outcomes)
        {
            outcome.Wrote = written.Remove((outcome.Id, outcome.Written!.Value), out var sinceAccepted);
            outcome.SinceAccepted = outcome.Wrote ? sinceAccepted : null;
        }
    }

    private CommitBatch Add(string sql, params NpgsqlParameter[] parameters)
    {
        _batch.Add(sql, parameters);
        return this;
    }

    /// <summary>The statements of the first phase, whose results are read after the execution.</summary>
    private sealed record FirstPhase(
        int Keys, NpgsqlBatchCommand? Inbox, List<StagedCommand> Commands, int FirstCommand, List<TaskOutcome> Outcomes, NpgsqlBatchCommand? Written)
    {
        public bool AllKeysAreNew => Inbox is null || Inbox.RecordsAffected == Keys;
    }
}
