namespace Messaging.Outbox.Tasks;

/// <summary>Cancels an attempt when its delivery ends, at the policy's time limit, or when its task is cancelled.</summary>
internal sealed class AttemptDeadline : IDisposable
{
    private readonly CancellationToken _delivery;
    private readonly CancellationTokenSource _limit;
    private readonly CancellationTokenSource _source;
    private readonly TimeSpan _timeLimit;
    private volatile bool _taskWasCancelled;

    public AttemptDeadline(TimeSpan timeLimit, TimeProvider time, CancellationToken delivery)
    {
        _timeLimit = timeLimit;
        _delivery = delivery;
        _limit = new CancellationTokenSource(timeLimit, time);
        _source = CancellationTokenSource.CreateLinkedTokenSource(delivery, _limit.Token);
        Token = _source.Token;
    }

    public CancellationToken Token { get; }

    public TimeSpan TimeLimit => _timeLimit;

    /// <summary>
    /// Cancels the attempt because its task was cancelled. Callbacks of its consumer do not hold up the caller, and what they throw is not
    /// the caller's.
    /// </summary>
    public void CancelTask()
    {
        _taskWasCancelled = true;
        _ = CancelAsync();
    }

    private async Task CancelAsync()
    {
        try
        {
            await _source.CancelAsync();
        }
        catch (Exception exception) when (exception is ObjectDisposedException or AggregateException)
        {
            // It has ended already; or a callback failed, and the attempt is cancelled all the same.
        }
    }

    /// <summary>Determines why the consumer stopped with this exception.</summary>
    public Exception Explain(Exception exception)
    {
        if (_taskWasCancelled)
        {
            return new TaskWasCancelledException();
        }

        // A ConsumerCanceledException carries another token than the delivery's, for example one that a library has linked to it.
        if (exception is not (OperationCanceledException or ConsumerCanceledException))
        {
            return exception;
        }

        if (_delivery.IsCancellationRequested)
        {
            // not a failure of the attempt: the message is delivered again
            return new OperationCanceledException("The endpoint stops.", exception, _delivery);
        }

        return _limit.IsCancellationRequested
            ? new TimeoutException($"The attempt took longer than its time limit of {_timeLimit:c}.", exception)
            : exception;
    }

    public void Dispose()
    {
        _source.Dispose();
        _limit.Dispose();
    }
}
