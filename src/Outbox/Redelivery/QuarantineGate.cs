using MassTransit;
using Messaging.Outbox.Deliveries;
using Messaging.Outbox.Inbox;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Redelivery;

/// <summary>
/// Finds the message that kills its worker. Every message that a dying worker had in hand, or was only handed in advance,
/// counts one more delivery without an outcome, so a high count is a suspicion and no proof. A suspect is tried alone: nothing
/// else is begun in this process meanwhile, for the killer may be one that is no suspect yet. Before, it is noted that the suspect is tried; one
/// that is delivered again after that note is the culprit.
/// </summary>
internal sealed partial class QuarantineGate(
    InboxLookup lookup, GroupCommitter committer, InterruptedDeliveries interrupted, TimeProvider time, ILogger<QuarantineGate> logger) : IDisposable
{
    /// <summary>What is in hand has so long to end; then the suspect is tried beside it, for an attempt may take hours.</summary>
    private static readonly TimeSpan OthersMayTake = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private readonly Lock _lock = new();
    private int _others;
    private TaskCompletionSource? _door; // closed while a suspect waits or is tried
    private TaskCompletionSource? _noOthers;

    /// <summary>Whether a suspect waits, or is tried, and nothing else is begun.</summary>
    public bool IsClosed
    {
        get
        {
            lock (_lock)
            {
                return _door is not null;
            }
        }
    }

    /// <summary>
    /// Lets an attempt begin. For a suspect: notes that it is tried, or condemns one that was tried before. The verdict is for the inbox
    /// to carry out, after it has looked whether the message was consumed after all.
    /// </summary>
    /// <returns>What to dispose of after the attempt.</returns>
    public async ValueTask<IDisposable> EnterAsync<T>(ConsumeContext<T> context, int suspiciousFrom)
        where T : class
    {
        var unfinished = context.Received().UnfinishedDeliveries;
        if (unfinished < suspiciousFrom)
        {
            return await EnterBesideOthersAsync(context.CancellationToken);
        }

        var alone = await EnterAloneAsync(context.CancellationToken);
        try
        {
            var redelivery = context.Received().Progress.Redeliveries;
            var tried = Delivery.Of(context, Delivery.StepOf(context.Received(), $"alone-{redelivery}")).Key;
            var found = await StoreWait.RunAsync(
                () => lookup.FindDoneAsync([tried], [], context.CancellationToken), LogWaiting, time, context.CancellationToken);
            if (found.Consumed.Count > 0)
            {
                context.Received().Progress.Verdict =
                    new UnfinishedDeliveriesException(unfinished, interrupted.ReasonFor(ConsumerRegistry.QueueOf(context.ReceiveContext.InputAddress)));
            }
            else
            {
                var note = new StagedWork();
                note.InboxKeys.Add(tried);
                await committer.CommitWhenPossibleAsync(note, context.CancellationToken);
            }

            return alone;
        }
        catch
        {
            alone.Dispose();
            throw;
        }
    }

    /// <summary>Lets attempts begin that are no quarantine'.</summary>
    /// <returns>What to dispose of after them; null when a suspect waits, or is tried.</returns>
    public IDisposable? TryEnterBesideOthers()
    {
        lock (_lock)
        {
            if (_door is not null)
            {
                return null;
            }

            _others++;
            return new Turn(LeaveOthers);
        }
    }

    public void Dispose() => _oneAtATime.Dispose();

    private async ValueTask<IDisposable> EnterBesideOthersAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TryEnterBesideOthers() is { } turn)
            {
                return turn;
            }

            Task opens;
            lock (_lock)
            {
                opens = _door?.Task ?? Task.CompletedTask;
            }

            await opens.WaitAsync(cancellationToken);
        }
    }

    private async Task<IDisposable> EnterAloneAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        var turn = new Turn(LeaveAlone);
        try
        {
            Task ended;
            lock (_lock)
            {
                _door = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _noOthers = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                ended = _others == 0 ? Task.CompletedTask : _noOthers.Task;
            }

            await Task.WhenAny(ended, Task.Delay(OthersMayTake, time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            return turn;
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    private void LeaveOthers()
    {
        lock (_lock)
        {
            if (--_others == 0)
            {
                _noOthers?.TrySetResult();
            }
        }
    }

    private void LeaveAlone()
    {
        lock (_lock)
        {
            _door?.TrySetResult();
            (_door, _noOthers) = (null, null);
        }

        _oneAtATime.Release();
    }

    [LoggerMessage(LogLevel.Warning, "A suspect waits for the database: {Error}")]
    private partial void LogWaiting(string error);

    private sealed class Turn(Action leave) : IDisposable
    {
        public void Dispose() => leave();
    }
}

/// <summary>The message was delivered again and again, and no delivery came to an end, not even the one that it had to itself.</summary>
public sealed class UnfinishedDeliveriesException(long deliveries, string? reason = null)
    : Exception($"{deliveries} deliveries ended without an outcome: {reason ?? "the worker died, or lost its connection, each time"}."), IPermanentFailure;
