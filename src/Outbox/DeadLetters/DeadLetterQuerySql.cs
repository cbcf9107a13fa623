using System.Data.Common;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.DeadLetters;

/// <summary>SQL of <see cref="DeadLetterControl"/>: the same for both dialects.</summary>
internal static class DeadLetterQuerySql
{
    public const string Columns =
        "id, message_id, task_id, queue, message_type, reason, exception_type, throw_site, group_id, error, state, dead_at, ended_at, redriven_to";

    /// <summary>The maximum number of dead letters that one statement of a search reads; their rows are larger than those of tasks.</summary>
    private const int ScanLimit = 5_000;

    /// <summary>Lets the dead letters of action <c>$1</c> wait for a decision again; nothing else was done yet.</summary>
    public const string Undo = "UPDATE messaging.dead_letters SET state = 0, ended_at = NULL, action_id = NULL WHERE action_id = $1";

    /// <summary>Inserts outbox rows for the dead letters that action <c>$1</c> redrives, due at time <c>$2</c>.</summary>
    public const string Resend =
        """
        INSERT INTO messaging.outbox (due_at, message_id, destination, content_type, metadata, body, queue, priority)
        SELECT $2, coalesce(message_id, id), destination, content_type, metadata, coalesce(edited_body, body), coalesce(redriven_to, queue),
            coalesce((SELECT coalesce(priority, default_priority) FROM messaging.queues WHERE name = coalesce(dead_letters.redriven_to, dead_letters.queue)), 1)
        FROM messaging.dead_letters AS dead_letters WHERE action_id = $1
        """;

    /// <summary>Locks the tasks of the dead letters that action <c>$1</c> redrives, and counts the redrive.</summary>
    public static readonly string CountRedrive =
        $"""
        UPDATE messaging.tasks SET redrives = redrives + 1
        WHERE state = {(int)TaskState.Failed} AND id IN (SELECT task_id FROM messaging.dead_letters WHERE action_id = $1 AND task_id IS NOT NULL)
        """;

    /// <summary>Requeues those tasks, on queue <c>$2</c> unless it is null; not if a dead letter of another consumer was not redriven.</summary>
    public static readonly string Requeue =
        $"""
        UPDATE messaging.tasks AS tasks SET state = {(int)TaskState.Queued}, finished_at = NULL, next_attempt_at = NULL, queue = coalesce($2, queue)
        WHERE state = {(int)TaskState.Failed} AND id IN (SELECT task_id FROM messaging.dead_letters WHERE action_id = $1 AND task_id IS NOT NULL)
          AND NOT EXISTS (SELECT 1 FROM messaging.task_consumers c WHERE c.task_id = tasks.id AND c.failed = 1)
        """;

    /// <summary>The tasks of action <c>$1</c> that have successors.</summary>
    public const string WithSuccessors =
        """
        SELECT DISTINCT d.task_id FROM messaging.dead_letters d JOIN messaging.task_links l ON l.predecessor = d.task_id WHERE d.action_id = $1
        """;

    /// <summary>The failed tasks among them: a message may have been consumed after it was dead-lettered.</summary>
    public static readonly string FailedWithSuccessors =
        $"""
        SELECT DISTINCT d.task_id FROM messaging.dead_letters d JOIN messaging.tasks t ON t.id = d.task_id JOIN messaging.task_links l ON l.predecessor = d.task_id
        WHERE d.action_id = $1 AND t.state = {(int)TaskState.Failed}
        """;

    /// <summary>Lets followers of the tasks see that action <c>$1</c> changed them at time <c>$2</c>.</summary>
    public const string RecordChange =
        $"""
        INSERT INTO messaging.inbox (message_id, consumer_id, consumed_at, kind)
        SELECT DISTINCT task_id, $1, $2, '{InboxKind.Decided}' FROM messaging.dead_letters WHERE action_id = $1 AND task_id IS NOT NULL
        """;

    public static SqlFilter Filter(DeadLetterQuery query) => Match(
        new SqlFilter().And("id =", query.Id).And("task_id =", query.TaskId).And("group_id =", query.GroupId), query);

    /// <summary>The conditions that are checked row by row.</summary>
    private static SqlFilter Match(SqlFilter match, DeadLetterQuery query) => match
        .And("queue =", query.Queue)
        .And("message_type =", query.MessageType)
        .And("reason =", query.Reason?.ToString())
        .And("dead_at >=", StoreTime.Of(query.From))
        .And("dead_at <", StoreTime.Of(query.Before))
        .AndContains("error", query.Error, query.HidesAddresses);

    /// <summary>
    /// How a filter searches the dead letters of a state; one page reads a bounded number of them. One condition has an index in the order of the ids, the
    /// others are checked row by row.
    /// </summary>
    public static SearchPlan Plan(DeadLetterQuery query, DeadLetterState state = DeadLetterState.Dead)
    {
        var isFound = query.Id is not null || query.TaskId is not null;
        var byGroup = !isFound && state == DeadLetterState.Dead && query.GroupId is not null;
        var byQueue = !isFound && !byGroup && state == DeadLetterState.Dead && query.Queue is not null;
        return new(
            "messaging.dead_letters",
            "id, queue, message_type, reason, dead_at, error, group_id",
            () => [new SqlFilter().And($"state = {(int)state}").And("id =", query.Id).And("task_id =", query.TaskId)
                .And("group_id =", byGroup ? query.GroupId : null).And("queue =", byQueue ? query.Queue : null)],
            [],
            match => Match(match.And("group_id =", byGroup ? null : query.GroupId), byQueue ? query with { Queue = null } : query),
            ScanLimit);
    }

    public static DeadLetterRecord Read(DbDataReader reader) => new()
    {
        Id = reader.GetGuid(0),
        MessageId = reader.IsDBNull(1) ? null : reader.GetGuid(1),
        TaskId = reader.IsDBNull(2) ? null : reader.GetGuid(2),
        Queue = reader.GetString(3),
        MessageType = reader.Text(4),
        Reason = Enum.Parse<DeadLetterReason>(reader.GetString(5)),
        ExceptionType = reader.Text(6),
        ThrowSite = reader.Text(7),
        GroupId = reader.GetGuid(8),
        Error = reader.Text(9),
        State = (DeadLetterState)reader.GetInt16(10),
        DeadAt = reader.Time(11)!.Value,
        EndedAt = reader.Time(12),
        RedrivenTo = reader.Text(13),
    };
}
