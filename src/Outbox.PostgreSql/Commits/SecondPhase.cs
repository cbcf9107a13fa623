using Messaging.Outbox.DeadLetters;
using Messaging.Outbox.PostgreSql.Connections;
using Messaging.Outbox.PostgreSql.Tasks;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.PostgreSql.Commits;

/// <summary>The statements of a commit that the first phase can influence: messages, their tasks, and the consequences of outcomes.</summary>
internal static class SecondPhase
{
    public static void AddTo(StatementBatch batch, IReadOnlyList<StagedWork> group)
    {
        var messages = group.SelectMany(w => w.MessagesToStore).ToList();
        if (messages.Count > 0)
        {
            batch.Add(MessageSql.Insert, MessageSql.Of(messages));
        }

        var tasks = messages.Where(m => m.TaskKind is not null).ToList();
        if (tasks.Count > 0)
        {
            _ = tasks.Exists(m => m.Options?.RunAgainOf is not null)
                ? batch.Add(TaskSql.InsertAgain, TaskSql.OfAgain(tasks))
                : batch.Add(TaskSql.Insert, TaskSql.Of(tasks));
            AddContents(batch, tasks);
        }

        AddLinks(batch, messages, group.SelectMany(w => w.Outcomes).Where(o => o.HasSuccessors && o.Wrote && o.Written is not null).ToLookup(o => o.Written!.Value, o => o.Id));

        var attempts = group.SelectMany(w => w.Outcomes).SelectMany(o => o.FailedAttempts.Select(a => (o.Id, a))).ToList();
        if (attempts.Count > 0)
        {
            batch.Add(TaskSql.InsertAttempts, TaskSql.Attempts(attempts));
        }

        foreach (var letter in group.SelectMany(w => w.DeadLetters))
        {
            batch.Add(DeadLetterSql.Insert, [.. DeadLetterSql.Parameters(letter).Select(PostgresDialect.ParameterOfChecked)]);
        }
    }

    /// <summary>Nothing is added for tasks of whose messages nothing is kept.</summary>
    private static void AddContents(StatementBatch batch, List<StagedMessage> tasks)
    {
        var payloads = new List<(Guid Task, StagedPayload Payload)>();
        var keys = new List<(Guid Task, TaskKey Key)>();
        foreach (var task in tasks)
        {
            if (task.Kept?.Value is { } kept)
            {
                payloads.AddRange(kept.Payload is { } payload ? [(task.MessageId, payload)] : []);
                keys.AddRange(kept.Keys.Select(key => (task.MessageId, key)));
            }
        }

        if (payloads.Count > 0)
        {
            batch.Add(ContentSql.InsertPayloads, ContentSql.Payloads(payloads));
        }

        if (keys.Count > 0)
        {
            batch.Add(ContentSql.InsertKeys, ContentSql.Keys(keys));
        }
    }

    private static void AddLinks(StatementBatch batch, List<StagedMessage> messages, ILookup<TaskState, Guid> ended)
    {
        var links = messages.SelectMany(m => m.Predecessors, (message, before) => (before, message.MessageId)).ToList();
        if (links.Count > 0)
        {
            batch.Add(LinkSql.Insert, LinkSql.Of(links));
        }

        var succeeded = ended[TaskState.Succeeded].ToArray();
        if (succeeded.Length > 0)
        {
            batch.Add(LinkSql.CountDown, TypedParameter.Parameter(succeeded));
            batch.Add(LinkSql.MakeDue, TypedParameter.Parameter(succeeded));
        }

        foreach (var failed in ended[TaskState.Failed])
        {
            batch.Add(TaskLinksSql.Block, TypedParameter.Parameter(failed));
        }
    }
}
