using Messaging.Outbox.DeadLetters;
using Messaging.Outbox.SharedTasks;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Undelivered;

/// <summary>Writes the results of failed sends, besides the new due time, in the transaction that ends their claim.</summary>
internal static class UndeliveredSql
{
    // The text is the same for each failure; if it is already there, nothing is written.
    private static readonly string SetError =
        $"""
        UPDATE messaging.tasks SET last_error = $2
        WHERE id = $1 AND (last_error IS NULL OR last_error <> $2) AND state NOT IN ({TaskStates.EndedSql})
        """;

    private static readonly string Fail =
        $"""
        UPDATE messaging.tasks SET state = {(int)TaskState.Failed}, finished_at = $3, next_attempt_at = NULL, last_error = $2
        WHERE id = $1 AND state NOT IN ({(int)TaskState.Succeeded}, {(int)TaskState.Cancelled})
        """;

    private const string InsertKey =
        $"INSERT INTO messaging.inbox (message_id, consumer_id, consumed_at, kind, step) VALUES ($1, $2, $3, '{InboxKind.Undelivered}', $4) ON CONFLICT DO NOTHING";

    public static async Task WriteAsync(IStoreCommands commands, IEnumerable<SendFailure> failures)
    {
        foreach (var failure in failures.OrderBy(f => f.TaskId)) // consistent order of row locks
        {
            if (failure.Undeliverable is { } undeliverable)
            {
                await DeadLetterAsync(commands, failure, undeliverable);
            }
            else if (failure.TaskId is { } task)
            {
                await commands.ExecuteAsync(SetError, task, failure.Error);
            }
        }
    }

    private static async Task DeadLetterAsync(IStoreCommands commands, SendFailure failure, UndeliveredMessage undeliverable)
    {
        var now = undeliverable.Letter.DeadAt;
        // Once for each address, since each queue that defers a message has a copy of its own; also if the outbox has a copy twice
        // because it was taken for lost. The row lets followers of the task see the change.
        var address = QueueAddress.NameOf(failure.Message.Destination);
        var key = DerivedId.Of($"{address}#undelivered-{undeliverable.Redrives}");
        if (await commands.ExecuteAsync(InsertKey, failure.Message.MessageId, key, new StoreTime(now), $"{address}: redrive {undeliverable.Redrives}") == 0)
        {
            return;
        }

        await commands.ExecuteAsync(DeadLetterSql.Insert, DeadLetterSql.Parameters(undeliverable.Letter));
        if (failure.TaskId is not { } task || await commands.ExecuteAsync(Fail, task, failure.Error, new StoreTime(now)) == 0)
        {
            return;
        }

        if (ExpectedConsumers.Parse(undeliverable.Consumers) is { } expected)
        {
            await commands.ExecuteAsync(TaskShareSql.InsertFailed, task, TaskShare.DeadLetteredOn(undeliverable.Letter.Queue), undeliverable.Letter.Queue, expected.ToString());
        }

        if (undeliverable.HasSuccessors)
        {
            await commands.ExecuteAsync(TaskLinksSql.Block, task);
        }
    }
}
