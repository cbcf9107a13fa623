using MassTransit;
using Messaging.Outbox.Inbox;
using Messaging.Outbox.Staging;

namespace Messaging.Outbox.Redelivery;

/// <summary>
/// Finds the message that kills its worker. Every message that a dying worker had in hand, or was only handed in advance,
/// counts one more delivery without an outcome, so a high count is a suspicion and no proof. Suspects are tried one at a
/// time, each after noting that it is tried; one that is delivered again after that note is the culprit.
/// </summary>
internal sealed class SuspectGate(GroupCommitter committer) : IDisposable
{
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    /// <returns>What to dispose of after the attempt; null for a message without suspicion.</returns>
    /// <exception cref="UnfinishedDeliveriesException">The message was tried alone before, and its worker died.</exception>
    public async Task<IDisposable?> EnterAsync<T>(ConsumeContext<T> context, int suspiciousFrom)
        where T : class
    {
        var unfinished = Delivery.UnfinishedDeliveries(context.ReceiveContext);
        if (unfinished < suspiciousFrom)
        {
            return null;
        }

        await _oneAtATime.WaitAsync(context.CancellationToken);
        var turn = new Turn(_oneAtATime);
        try
        {
            var note = new StagedWork();
            var queue = context.ReceiveContext.InputAddress.AbsolutePath;
            note.InboxKeys.Add(Delivery.Of(context, DerivedId.Of($"{queue}#alone-{context.GetRedeliveryCount()}")).Key);
            if (!await committer.CommitWhenPossibleAsync(note, context.CancellationToken))
            {
                throw new UnfinishedDeliveriesException(unfinished);
            }

            return turn;
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    public void Dispose() => _oneAtATime.Dispose();

    private sealed class Turn(SemaphoreSlim semaphore) : IDisposable
    {
        public void Dispose() => semaphore.Release();
    }
}

/// <summary>The message was delivered again and again, and no delivery came to an end, not even the one that it had to itself.</summary>
public sealed class UnfinishedDeliveriesException(long deliveries)
    : Exception($"{deliveries} deliveries ended without an outcome: the worker died, or lost its connection, each time."), IPermanentFailure;
