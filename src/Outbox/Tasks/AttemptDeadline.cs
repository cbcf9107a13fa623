namespace Messaging.Outbox.Tasks;

/// <summary>Ends an attempt: with its delivery, at the policy's time limit, or when its task is cancelled.</summary>
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

    /// <summary>Ends the attempt because its task was cancelled.</summary>
    public void CancelTask()
    {
        _taskWasCancelled = true;
        try
        {
            _source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself.
        }
    }

    /// <summary>What it means that the consumer stopped with this exception.</summary>
    public Exception Explain(Exception exception)
    {
        if (_taskWasCancelled)
        {
            return new TaskWasCancelledException();
        }

        // Wrapped when it bears another token than the delivery's, such as one that a library has linked to that.
        if (exception is not (OperationCanceledException or ConsumerCanceledException))
        {
            return exception;
        }

        if (_delivery.IsCancellationRequested)
        {
            return new OperationCanceledException("The endpoint stops.", exception, _delivery); // no failure of the attempt: the message comes again
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
