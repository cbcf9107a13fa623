using Messaging.Outbox.Audit;
using Messaging.Outbox.Reasons;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.History;

/// <summary>Reads the rows of which a timeline is made: eight statements at most, each along an index and with a bound.</summary>
internal sealed class TimelineRowReader(OutboxReader store, ITaskStore tasks, AuditTrail trail)
{
    public async Task<TimelineRows?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await tasks.FindAsync(id, cancellationToken) is not { } task)
        {
            return null;
        }

        var steps = await StepsAsync(id, cancellationToken);
        var letters = await LettersAsync(id, cancellationToken);
        var audit = await store.QueryAsync(
            $"SELECT {AuditSql.Columns} FROM messaging.audit WHERE target = $1 ORDER BY id DESC LIMIT {TimelineRows.MaxAudit}", [id.ToString()], AuditSql.Read, cancellationToken);
        var actions = await trail.AtAsync(
            letters.Select(letter => letter.EndedAt).OfType<DateTimeOffset>()
                .Concat(steps.Where(step => step.Kind is InboxKind.Cancelled or InboxKind.Retried).Select(step => step.At))
                .Concat(task.FinishedAt is { } end && task.State == TaskState.Cancelled ? [end] : []),
            cancellationToken);
        return new TimelineRows(
            task,
            await tasks.FailedAttemptsAsync(id, cancellationToken),
            steps,
            letters,
            audit,
            actions,
            task.State == TaskState.Cancelled ? await CancelledWithAsync(id, cancellationToken) : null,
            await PredecessorsAsync(id, cancellationToken));
    }

    // A cancellation has two kinds of rows; the one of a message that is kept has a step.
    private Task<IReadOnlyList<TimelineStep>> StepsAsync(Guid id, CancellationToken cancellationToken) => store.QueryAsync(
        $"""
        SELECT kind, consumed_at FROM messaging.inbox WHERE message_id = $1
            AND (kind IN ('{InboxKind.Deferred}', '{InboxKind.Isolated}', '{InboxKind.Retried}') OR kind = '{InboxKind.Cancelled}' AND step IS NULL)
        ORDER BY consumed_at DESC LIMIT {TimelineRows.MaxSteps}
        """,
        [id],
        reader => new TimelineStep(reader.GetString(0), reader.Time(1)!.Value),
        cancellationToken);

    private Task<IReadOnlyList<TimelineLetter>> LettersAsync(Guid id, CancellationToken cancellationToken) => store.QueryAsync(
        $"SELECT id, queue, reason, error, state, dead_at, ended_at FROM messaging.dead_letters WHERE task_id = $1 ORDER BY id DESC LIMIT {TimelineRows.MaxLetters}",
        [id],
        reader => new TimelineLetter(
            reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.Text(3), (DeadLetterState)reader.GetInt16(4), reader.Time(5)!.Value, reader.Time(6)),
        cancellationToken);

    private async Task<Guid?> CancelledWithAsync(Guid id, CancellationToken cancellationToken) =>
        await store.QueryAsync(
            "SELECT cancelled_with FROM messaging.tasks WHERE id = $1 AND cancelled_with IS NOT NULL", [id], reader => reader.GetGuid(0), cancellationToken) is [var root] ? root : null;

    private Task<IReadOnlyList<TimelinePredecessor>> PredecessorsAsync(Guid id, CancellationToken cancellationToken) => store.QueryAsync(
        $"""
        SELECT p.id, p.kind, p.state, p.finished_at FROM messaging.task_links AS l JOIN messaging.tasks AS p ON p.id = l.predecessor
        WHERE l.successor = $1 LIMIT {TimelineRows.MaxPredecessors}
        """,
        [id],
        reader => new TimelinePredecessor(reader.GetGuid(0), reader.GetString(1), (TaskState)reader.GetInt16(2), reader.Time(3)),
        cancellationToken);
}
