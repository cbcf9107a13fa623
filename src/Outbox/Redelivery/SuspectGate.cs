using MassTransit;
using Messaging.Outbox.Inbox;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Redelivery;

/// <summary>
/// Finds the message that kills its worker. Every message that a dying worker had in hand, or was only handed in advance,
/// counts one more delivery without an outcome, so a high count is a suspicion and no proof. Suspects are tried one at a
/// time, each after noting that it is tried; one that is delivered again after that note is the culprit.
/// </summary>
internal sealed partial class SuspectGate(
    InboxLookup lookup, GroupCommitter committer, TimeProvider time, ILogger<SuspectGate> logger) : IDisposable
{
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    /// <summary>
    /// Notes that a suspect is tried, or condemns one that was tried before. The verdict is for the inbox to carry out, after
    /// it has looked whether the message was consumed after all.
    /// </summary>
    /// <returns>What to dispose of after the attempt; null for a message without suspicion.</returns>
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
            var redelivery = DeliveryProgress.Of(context.ReceiveContext).Redeliveries;
            var tried = Delivery.Of(context, Delivery.StepOf(context.ReceiveContext, $"alone-{redelivery}")).Key;
            var found = await StoreWait.RunAsync(
                () => lookup.FindDoneAsync([tried], [], context.CancellationToken), LogWaiting, time, context.CancellationToken);
            if (found.Consumed.Count > 0)
            {
                DeliveryProgress.Of(context.ReceiveContext).Verdict = new UnfinishedDeliveriesException(unfinished);
            }
            else
            {
                var note = new StagedWork();
                note.InboxKeys.Add(tried);
                await committer.CommitWhenPossibleAsync(note, context.CancellationToken);
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

    [LoggerMessage(LogLevel.Warning, "A suspect waits for the database: {Error}")]
    private partial void LogWaiting(string error);

    private sealed class Turn(SemaphoreSlim semaphore) : IDisposable
    {
        public void Dispose() => semaphore.Release();
    }
}

/// <summary>The message was delivered again and again, and no delivery came to an end, not even the one that it had to itself.</summary>
public sealed class UnfinishedDeliveriesException(long deliveries)
    : Exception($"{deliveries} deliveries ended without an outcome: the worker died, or lost its connection, each time."), IPermanentFailure;
