using Messaging.Outbox.Queues;
using Messaging.Outbox.Telemetry;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Dispatch;

/// <summary>Counts the messages of dispatched batches by their queues.</summary>
internal sealed class DispatchMetrics(OutboxMetrics metrics, QueueDirectory queues)
{
    /// <summary>The batch is settled in the store.</summary>
    public void Completed(IReadOnlyList<OutboxMessage> messages, IReadOnlyCollection<SendFailure> failures, TimeSpan duration)
    {
        metrics.BatchDispatched(duration, failures.Count < messages.Count);
        var failed = failures.Select(f => f.Message.Id).ToHashSet();
        foreach (var queue in messages.Where(m => !failed.Contains(m.Id)).CountBy(m => m.Queue ?? OutboxMetrics.Unknown))
        {
            metrics.Dispatched(queue.Value, queue.Key, OutboxMetrics.Confirmed);
        }

        foreach (var failure in failures)
        {
            metrics.Dispatched(1, failure.Message.Queue, failure.Undeliverable is null ? OutboxMetrics.Rescheduled : OutboxMetrics.DeadLettered);
            if (failure.Undeliverable is { Letter: var letter })
            {
                var types = MessageMetadata.TryFromJson(failure.Message.Metadata)?.MessageTypes ?? [];
                metrics.DeadLetter(queues.IsQueue(letter.Queue) ? letter.Queue : null, queues.KnownTypeOf(types), letter.Reason);
            }
        }
    }
}
