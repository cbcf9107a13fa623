using System.Globalization;
using Messaging.Outbox.DeadLetters;
using Messaging.Outbox.SharedTasks;
using Messaging.Outbox.Store;
using Npgsql;

namespace Messaging.Outbox.PostgreSql;

/// <summary>
/// The statements that write a group of units, sent in one round trip. Rows go as arrays (<c>unnest</c>), so the text is the
/// same for any number of them and is prepared once.
/// </summary>
internal sealed class PostgresBatch(NpgsqlConnection connection, TableNames names, NpgsqlTransaction? transaction = null) : IAsyncDisposable
{
    private readonly NpgsqlBatch _batch = new(connection, transaction);

    public static NpgsqlParameter<T> Parameter<T>(T value) => new() { TypedValue = value };

    /// <summary>For what ends with a commit (<see cref="PostgresCommits"/>): the driver's time limit would cancel it.</summary>
    public PostgresBatch WithoutTimeLimit()
    {
        _batch.Timeout = 0;
        return this;
    }

    public PostgresBatch Begin() => Add("BEGIN");

    public PostgresBatch Commit() => Add("COMMIT");

    /// <summary>For this transaction. SET LOCAL would do the same, but refuses to where there was no BEGIN.</summary>
    public PostgresBatch LimitLockWait(TimeSpan? wait) =>
        wait is { } limit ? Add(string.Create(CultureInfo.InvariantCulture, $"SELECT set_config('lock_timeout', '{limit.TotalMilliseconds:0}', true)")) : this;

    /// <summary>Throws when the transaction is aborted, and does nothing else.</summary>
    public PostgresBatch Check() => Add("SELECT 1");

    public PostgresBatch MarkRunning(IReadOnlyList<RunningTask> tasks, string worker) =>
        Add(PostgresSql.FindByKeys).Add(PostgresSql.MarkRunning, PostgresSql.Running(tasks, worker));

    /// <summary>Inserts the inbox keys, runs the staged commands and writes the outcomes of attempts.</summary>
    /// <returns>False when an inbox key is already there, or an outcome's task may have been cancelled.</returns>
    public async Task<bool> ExecuteFirstPhaseAsync(IReadOnlyList<StagedWork> group, CancellationToken cancellationToken)
    {
        var outcomes = OutcomesOf(group);
        if (outcomes.Exists(o => o.Share is not null))
        {
            return await ExecuteFirstPhaseOfSharedAsync(group, outcomes, cancellationToken);
        }

        var phase = AddFirstPhase(group, outcomes, PostgresSql.InsertInboxKeys, PostgresSql.UpdateOutcomes);
        if (phase.Outcomes.Exists(o => o.HasSuccessors))
        {
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
    /// Both phases in one round trip, where nothing is decided in between (<see cref="StagedWork.DecidesInBetween"/>). Throws when an inbox key is
    /// already there, or an outcome's task was cancelled, so that nothing of the group is committed.
    /// </summary>
    public async Task ExecuteBothPhasesAsync(IReadOnlyList<StagedWork> group, CancellationToken cancellationToken)
    {
        var phase = AddFirstPhase(group, OutcomesOf(group), PostgresSql.InsertNewInboxKeys, PostgresSql.UpdateOutcomesOfNoneCancelled);
        await AddSecondPhase(group).ExecuteAsync(cancellationToken);
        NoteRowsAffected(phase);
    }

    /// <summary>Adds what the first phase may have decided about: messages, their tasks, and what follows from outcomes.</summary>
    public PostgresBatch AddSecondPhase(IReadOnlyList<StagedWork> group)
    {
        var messages = group.SelectMany(w => w.MessagesToStore).ToList();
        if (messages.Count > 0)
        {
            Add(PostgresSql.InsertMessages, PostgresSql.Messages(messages));
        }

        var tasks = messages.Where(m => m.TaskKind is not null).ToList();
        if (tasks.Count > 0)
        {
            Add(PostgresSql.InsertTasks, PostgresSql.Tasks(tasks));
        }

        AddLinks(messages, group.SelectMany(w => w.Outcomes).Where(o => o.HasSuccessors && o.Wrote && o.Written is not null).ToLookup(o => o.Written!.Value, o => o.Id));

        var attempts = group.SelectMany(w => w.Outcomes).SelectMany(o => o.FailedAttempts.Select(a => (o.Id, a))).ToList();
        if (attempts.Count > 0)
        {
            Add(PostgresSql.InsertAttempts, PostgresSql.Attempts(attempts));
        }

        foreach (var letter in group.SelectMany(w => w.DeadLetters))
        {
            Add(DeadLetterSql.Insert, [.. DeadLetterSql.Parameters(letter).Select(PostgresDialect.ParameterOfChecked)]);
        }

        return this;
    }

    /// <summary>Reads which inbox keys are there, and which tasks were cancelled.</summary>
    public async Task<InboxState> FindDoneAsync(IReadOnlyCollection<InboxKey> keys, IReadOnlyCollection<Guid> tasks, CancellationToken cancellationToken)
    {
        Add(PostgresSql.FindByKeys).Add(PostgresSql.FindDone, PostgresSql.Done(keys, tasks));
        var (asked, consumed, cancelled) = (keys.ToHashSet(), new HashSet<InboxKey>(), new HashSet<Guid>());
        await using var reader = await _batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (reader.IsDBNull(1))
            {
                cancelled.Add(reader.GetGuid(0));
            }
            else if (new InboxKey(reader.GetGuid(0), reader.GetGuid(1)) is var key && asked.Contains(key))
            {
                consumed.Add(key);
            }
        }

        return new InboxState(consumed, cancelled);
    }

    public async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        if (_batch.BatchCommands.Count > 0)
        {
            await _batch.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    public ValueTask DisposeAsync() => _batch.DisposeAsync();

    // In one order of row locks, so that two groups do not wait for each other.
    private static List<TaskOutcome> OutcomesOf(IReadOnlyList<StagedWork> group) => [.. group.SelectMany(w => w.Outcomes).OrderBy(o => o.Id)];

    /// <summary>Where several consume a task, what its outcome is depends on the others': its row is locked first, one task after the other.</summary>
    private async Task<bool> ExecuteFirstPhaseOfSharedAsync(IReadOnlyList<StagedWork> group, List<TaskOutcome> outcomes, CancellationToken cancellationToken)
    {
        var phase = AddFirstPhase(group, [], PostgresSql.InsertInboxKeys, PostgresSql.UpdateOutcomes);
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

        // An UPDATE takes one row for each task. Where two of its consumers are in this group, the second one's is the later word.
        foreach (var round in ended.GroupBy(o => o.Id).SelectMany(g => g.Index()).GroupBy(o => o.Index, o => o.Item).OrderBy(g => g.Key))
        {
            await using var batch = new PostgresBatch(connection, names, transaction);
            batch.Add(PostgresSql.FindByKeys).Add(PostgresSql.UpdateOutcomes, PostgresSql.Outcomes([.. round]));
            await batch.ExecuteAndReadWrittenAsync([.. round], cancellationToken);
        }

        return ended.TrueForAll(o => o.Wrote) || !await AnyCancelledAsync(ended, cancellationToken);
    }

    private FirstPhase AddFirstPhase(IReadOnlyList<StagedWork> group, List<TaskOutcome> outcomes, string insertInboxKeys, string updateOutcomes)
    {
        var keys = group.SelectMany(w => w.InboxKeys).ToList();
        var inbox = keys.Count > 0 ? Last(Add(insertInboxKeys, PostgresSql.InboxKeys(keys))) : null;

        var commands = group.SelectMany(w => w.Commands).ToList();
        var offset = _batch.BatchCommands.Count;
        foreach (var command in commands)
        {
            AddAsWritten(command.Sql, [.. command.Parameters.Select(PostgresDialect.ParameterOfChecked)]);
        }

        var written = outcomes.Count > 0 ? Last(Add(PostgresSql.FindByKeys).Add(updateOutcomes, PostgresSql.Outcomes(outcomes))) : null;
        return new FirstPhase(keys.Count, inbox, commands, offset, outcomes, written);
    }

    private void NoteRowsAffected(FirstPhase phase)
    {
        for (var i = 0; i < phase.Commands.Count; i++)
        {
            phase.Commands[i].RowsAffected = _batch.BatchCommands[phase.FirstCommand + i].RecordsAffected;
        }
    }

    /// <summary>Some outcome met no row to write to: one past its retention, one that has succeeded, or one that was cancelled.</summary>
    private async Task<bool> AnyCancelledAsync(List<TaskOutcome> outcomes, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            names.In($"SELECT EXISTS (SELECT 1 FROM messaging.tasks WHERE id = ANY ($1) AND state = {(int)TaskState.Cancelled})"), connection, transaction);
        command.Parameters.Add(Parameter(outcomes.Select(o => o.Id).ToArray()));
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Only an outcome that changed its task counts for those that wait for it; a second consumer's does not, also not in the same group.</summary>
    private async Task ExecuteAndReadWrittenAsync(List<TaskOutcome> outcomes, CancellationToken cancellationToken)
    {
        _batch.BatchCommands[^1].CommandText += " RETURNING tasks.id, tasks.state";
        var written = new HashSet<(Guid Id, TaskState State)>();
        await using (var reader = await _batch.ExecuteReaderAsync(cancellationToken))
        {
            do
            {
                written.Clear(); // a staged command may return rows, too: the outcomes' are the last ones
                while (await reader.ReadAsync(cancellationToken))
                {
                    if (reader.FieldCount == 2 && reader.GetFieldType(0) == typeof(Guid) && reader.GetFieldType(1) == typeof(short))
                    {
                        written.Add((reader.GetGuid(0), (TaskState)reader.GetInt16(1)));
                    }
                }
            }
            while (await reader.NextResultAsync(cancellationToken));
        }

        outcomes.ForEach(o => o.Wrote = written.Remove((o.Id, o.Written!.Value)));
    }

    private void AddLinks(List<StagedMessage> messages, ILookup<TaskState, Guid> ended)
    {
        var links = messages.SelectMany(m => m.Predecessors, (message, before) => (before, message.MessageId)).ToList();
        if (links.Count > 0)
        {
            Add(PostgresSql.InsertLinks, PostgresSql.Links(links));
        }

        var succeeded = ended[TaskState.Succeeded].ToArray();
        if (succeeded.Length > 0)
        {
            Add(PostgresSql.CountDown, Parameter(succeeded));
            Add(PostgresSql.MakeDue, Parameter(succeeded));
        }

        foreach (var failed in ended[TaskState.Failed])
        {
            Add(TaskLinksSql.Block, Parameter(failed));
        }
    }

    private static NpgsqlBatchCommand Last(PostgresBatch batch) => batch._batch.BatchCommands[^1];

    private PostgresBatch Add(string sql, params NpgsqlParameter[] parameters) => AddAsWritten(names.In(sql), parameters);

    private PostgresBatch AddAsWritten(string sql, params NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.AddRange(parameters);
        _batch.BatchCommands.Add(command);
        return this;
    }

    /// <summary>What was added, to be asked when it has run.</summary>
    private sealed record FirstPhase(
        int Keys, NpgsqlBatchCommand? Inbox, List<StagedCommand> Commands, int FirstCommand, List<TaskOutcome> Outcomes, NpgsqlBatchCommand? Written)
    {
        public bool AllKeysAreNew => Inbox is null || Inbox.RecordsAffected == Keys;
    }
}
