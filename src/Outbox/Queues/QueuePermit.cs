namespace Messaging.Outbox.Queues;

/// <summary>
/// A message at a <see cref="QueueGate"/>: it arrives, enters, and is released in the end, whether it has entered or not.
/// </summary>
internal sealed class QueuePermit(QueueGate gate, DateTimeOffset since) : IDisposable
{
    private TaskCompletionSource<bool>? _entry;

    /// <summary>Since when the message has been due.</summary>
    public DateTimeOffset Since => since;

    /// <summary>Whether the message was let through.</summary>
    public bool HasEntered { get; set; }

    /// <summary>Whether it does not wait any more. To be asked under the gate's lock.</summary>
    public bool IsDecided => _entry?.Task.IsCompleted == true;

    /// <summary>Waits until the message may go; at once, and without a wait, when it may go now.</summary>
    /// <returns>False when the endpoint stops, or the wait is cancelled.</returns>
    public ValueTask<bool> EnterAsync(CancellationToken cancellationToken = default) => gate.EnterAsync(this, cancellationToken);

    /// <summary>Releases it for a message that comes again, and was not consumed.</summary>
    public void Abandon() => Release(isConsumed: false);

    /// <summary>Releases it for a message that was consumed.</summary>
    public void Dispose() => Release(isConsumed: true);

    /// <summary>Releases it; a second time has no effect.</summary>
    public void Release(bool isConsumed) => gate.Leave(this, isConsumed);

    /// <summary>What a message waits for. To be asked for under the gate's lock.</summary>
    internal Task<bool> Wait() => (_entry ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>The same for a wait that may be cancelled.</summary>
    internal async Task<bool> WaitAsync(Task<bool> wait, CancellationToken cancellationToken)
    {
        await using (cancellationToken.Register(() => TryDecide(enters: false)))
        {
            return await wait;
        }
    }

    /// <returns>False when it was decided before, or does not wait.</returns>
    internal bool TryDecide(bool enters) => _entry?.TrySetResult(enters) == true;
}
