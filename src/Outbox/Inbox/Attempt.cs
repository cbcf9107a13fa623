using MassTransit;

namespace Messaging.Outbox.Inbox;

/// <summary>
/// One run of a consumer. Its token ends it: with the delivery, at the policy's time limit, or when its task is
/// cancelled. What the consumer says of its progress and its result is kept here until it is written.
/// </summary>
internal sealed class Attempt : IDisposable
{
    private readonly CancellationToken _delivery;
    private readonly CancellationTokenSource? _limit;
    private readonly CancellationTokenSource? _source;
    private readonly TimeSpan _timeLimit;
    private volatile bool _taskWasCancelled;

    public Attempt(Delivery delivery, TimeProvider time, CancellationToken cancellationToken)
    {
        Delivery = delivery;
        StartedAt = time.GetUtcNow();
        _timeLimit = delivery.Progress.Policy.TimeLimit;
        _delivery = cancellationToken;
        _limit = new CancellationTokenSource(_timeLimit, time);
        _source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _limit.Token);
        Token = _source.Token;
    }

    /// <summary>An attempt that is over when its consumer returns: nobody ends it.</summary>
    public Attempt(Delivery delivery, DateTimeOffset startedAt)
    {
        Delivery = delivery;
        StartedAt = startedAt;
    }

    public Delivery Delivery { get; }
    public DateTimeOffset StartedAt { get; }
    public CancellationToken Token { get; }
    public int? Progress { get; private set; }
    public string? ProgressText { get; private set; }

    /// <summary>The consumer's result, as JSON.</summary>
    public string? Result { get; set; }

    /// <summary>Whether the consumer wants the message again, for the next part of its work.</summary>
    public bool Continues { get; set; }

    /// <summary>Something to show has changed since it was last shown.</summary>
    public bool HasNews { get; set; } = true;

    /// <summary>Whether there is something to show; asked once, it is taken for shown.</summary>
    public bool TakeNews()
    {
        var had = HasNews;
        HasNews = false;
        return had;
    }

    /// <summary>What it shows of itself; null for a message that is no task.</summary>
    public RunningTask? Task =>
        Delivery.TaskId is { } id ? new RunningTask(id, Delivery.Progress.Attempts, StartedAt, Progress, ProgressText) : null;

    /// <summary>How the task stands when the consumer has returned and wants the message again.</summary>
    public TaskOutcome? Continuation =>
        Delivery.Progress.Outcome(TaskState.Queued, consumer: Delivery.ConsumerId) is { } outcome
            ? outcome with { Progress = Progress, ProgressText = ProgressText }
            : null;

    /// <summary>How the task ends when the consumer has returned.</summary>
    public TaskOutcome? Success =>
        Delivery.Progress.Outcome(TaskState.Succeeded, consumer: Delivery.ConsumerId) is { } outcome
            ? outcome with { Result = Result, Progress = Progress is null ? null : 100, ProgressText = ProgressText }
            : null;

    public void Report(int percent, string? text)
    {
        Progress = percent;
        ProgressText = text;
        HasNews = true;
    }

    /// <summary>Ends the attempt because its task was cancelled.</summary>
    public void CancelTask()
    {
        _taskWasCancelled = true;
        try
        {
            _source?.Cancel();
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

        // MassTransit wraps it when it bears another token than the delivery's, such as one that a library has linked to that.
        if (exception is not (OperationCanceledException or ConsumerCanceledException))
        {
            return exception;
        }

        if (_delivery.IsCancellationRequested)
        {
            return new OperationCanceledException("The endpoint stops.", exception, _delivery); // no failure of the attempt: the message comes again
        }

        return _limit?.IsCancellationRequested == true
            ? new TimeoutException($"The attempt took longer than its time limit of {_timeLimit:c}.", exception)
            : exception;
    }

    public void Dispose()
    {
        _source?.Dispose();
        _limit?.Dispose();
    }
}
