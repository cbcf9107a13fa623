using Messaging.Outbox.Deliveries;
using Messaging.Outbox.Inbox;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Execution;

/// <summary>
/// Over a transport without its own storage a delivery comes from an outbox row, which is deleted when all consumers have
/// finished. Over a broker there is no row and nothing to do.
/// </summary>
internal static class Settling
{
    /// <summary>Stages the settlement: the consumer has finished with the row.</summary>
    /// <returns>False if there is no row.</returns>
    public static bool AddTo(StagedWork work, MessageExecution execution)
    {
        var message = execution.Delivery.Message;
        if (message.OutboxId is not { } row)
        {
            return false;
        }

        work.InboxKeys.Add(InboxKeys.Settled(execution.Key.MessageId, execution.Consumer.Id, row, message.UnfinishedDeliveries));
        work.Settlements.Add(new Settlement(row));
        return true;
    }

    /// <summary>
    /// Commits the settlement alone, after a commit that may have been skipped as a duplicate or because of a cancelled task.
    /// </summary>
    /// <param name="delivery">The delivery.</param>
    /// <param name="hashed">Identifies the step; see <see cref="InboxKeys.Step"/>.</param>
    /// <param name="shown">What the row shows to a reader.</param>
    /// <param name="committer">Commits it.</param>
    public static async Task CommitAloneAsync(DeliveryProgress delivery, string hashed, string shown, GroupCommitter committer)
    {
        var message = delivery.Message;
        if (message.OutboxId is not { } row || message.HeaderGuid(WireHeaders.MessageId) is not { } messageId)
        {
            return;
        }

        // Each consumer settles the row once: one of several may have succeeded and settled it in its own commit. If no consumer
        // has started, the settlement has a key of its own.
        var sending = message.UnfinishedDeliveries;
        var consumers = delivery.Log.Consumers;
        foreach (var key in consumers.Count > 0
            ? consumers.Select(c => InboxKeys.Settled(messageId, c, row, sending))
            : [InboxKeys.Step(messageId, delivery, InboxKind.Settled, $"{hashed}-settled-{row}-{sending}", $"{shown}, row {row}, sending {sending}")])
        {
            var work = new StagedWork();
            work.InboxKeys.Add(key);
            work.Settlements.Add(new Settlement(row));
            await committer.CommitWhenPossibleAsync(work, message.CancellationToken);
        }
    }
}
