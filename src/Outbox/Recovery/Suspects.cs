using Messaging.Outbox.Queues;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Recovery;

/// <summary>
/// Finds the messages of batches that no queue, no worker and no row of the outbox has. It holds no transaction, because a broker
/// may take seconds to answer. It asks the broker first: what has left a queue by then is with a worker, or somewhere that is
/// read afterwards.
/// </summary>
/// <param name="store">The batches and the lists of running tasks.</param>
/// <param name="transport">Counts what a queue has.</param>
/// <param name="queues">The queues of a message.</param>
/// <param name="workerMayRunFor">How long after its last report a worker may still run a task.</param>
internal sealed class Suspects(OutboxReader store, IQueueTransport transport, QueueDirectory queues, TimeSpan workerMayRunFor)
{
    private readonly Dictionary<string, long?> _depths = new(StringComparer.Ordinal);

    public async Task<FoundCopies> FindAsync(TakenBatches taken, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (copies, messages) = (new List<SentCopy>(), new Dictionary<long, IReadOnlyList<OutboxMessage>>());
        var sent = new SentReader(store, cancellationToken);
        var missing = await FindMissingAsync(taken, now, cancellationToken);
        foreach (var row in taken.Rows.Where(row => row.Ids.Any(missing.Contains)))
        {
            messages[row.Id] = await sent.MessagesAsync(row.Id);
            foreach (var message in messages[row.Id].Where(message => missing.Contains(message.MessageId)))
            {
                var copy = SentCopy.Of(queues, row.Id, message, taken.Open[message.MessageId]);
                if (copy.IsSettled || (copy.Queues.Count > 0 && await AreEmptyAsync(copy.Queues, cancellationToken)))
                {
                    copies.Add(copy);
                }
            }
        }

        if (copies.Count > 0)
        {
            var running = await sent.FindRunningAsync(now - workerMayRunFor);
            copies.RemoveAll(copy => running.Contains(copy.Task.Id));
        }

        var resent = new ResentCopies(store, cancellationToken);
        var unsent = await resent.WithoutUnsentAsync([.. copies.Where(copy => copy.Queues.Count > 0)], now);
        return new FoundCopies(await resent.WithoutSentLaterAsync(unsent, sent), [.. copies.Where(copy => copy.IsSettled)], messages);
    }

    /// <summary>The tasks whose messages have to be read, which is not so for a backlog that lies in its one queue.</summary>
    private async Task<HashSet<Guid>> FindMissingAsync(TakenBatches taken, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var missing = new HashSet<Guid>();
        foreach (var task in taken.Open.Values.Where(task => !task.HasJustStarted(now, workerMayRunFor)))
        {
            if (task.Shares is not null || task.Queue is null || await AreEmptyAsync([task.Queue], cancellationToken))
            {
                missing.Add(task.Id);
            }
        }

        return missing;
    }

    /// <summary>Whether all are empty; false if the broker does not report a depth.</summary>
    private async Task<bool> AreEmptyAsync(IEnumerable<string> names, CancellationToken cancellationToken)
    {
        foreach (var queue in names)
        {
            if (!_depths.TryGetValue(queue, out var depth))
            {
                _depths[queue] = depth = await transport.CountAsync(queue, cancellationToken);
            }

            if (depth != 0)
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>What was found in batches.</summary>
/// <param name="Missing">Copies that seem to be lost.</param>
/// <param name="Settled">Copies that need not be kept.</param>
/// <param name="Messages">All messages of the batches.</param>
internal sealed record FoundCopies(IReadOnlyList<SentCopy> Missing, IReadOnlyList<SentCopy> Settled, IReadOnlyDictionary<long, IReadOnlyList<OutboxMessage>> Messages);
