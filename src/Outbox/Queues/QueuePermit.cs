namespace Messaging.Outbox.Queues;

/// <summary>A message at a <see cref="QueueGate"/>: it arrives, enters, and is finally released, whether it has entered or not.</summary>
internal sealed class QueuePermit(QueueGate gate, DateTimeOffset since) : IDisposable
{
    private TaskCompletionSource<bool>? _entry;

    /// <summary>When the message became due.</summary>
    public DateTimeOffset Since => since;

    /// <summary>Whether the message has entered.</summary>
    public bool HasEntered { get; set; }

    /// <summary>Whether it no longer waits. Call it under the gate's lock.</summary>
    public bool IsDecided => _entry?.Task.IsCompleted == true;

    /// <summary>Waits until the message may enter; completes synchronously if it may enter now.</summary>
    /// <returns>False if the endpoint stops or the wait is cancelled.</returns>
    public ValueTask<bool> EnterAsync(CancellationToken cancellationToken = default) => gate.EnterAsync(this, cancellationToken);

    /// <summary>Releases the permit of a delivery that has not finished here: the same message comes to the gate again, or the endpoint stops.</summary>
    public void Abandon() => Release(isFinished: false);

    /// <summary>Releases the permit of a delivery that has finished, with any outcome: consumed, deferred or dead-lettered.</summary>
    public void Dispose() => Release(isFinished: true);

    /// <summary>Releases the permit; repeated calls have no effect.</summary>
    public void Release(bool isFinished) => gate.Leave(this, isFinished);

    /// <summary>The task that a waiting message awaits. Call it under the gate's lock.</summary>
    internal Task<bool> Wait() => (_entry ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>The same for a wait that can be cancelled.</summary>
    internal async Task<bool> WaitAsync(Task<bool> wait, CancellationToken cancellationToken)
    {
        await using (cancellationToken.Register(() => TryDecide(enters: false)))
        {
            return await wait;
        }
    }

    /// <returns>False if it was decided before, or does not wait.</returns>
    internal bool TryDecide(bool enters) => _entry?.TrySetResult(enters) == true;
}
