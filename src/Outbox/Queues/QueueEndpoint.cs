using Messaging.Outbox.Store;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Queues;

/// <summary>
/// A queue that this process consumes: its gate, and its receive endpoint, which is stopped while the queue is paused, so that
/// the messages stay at the broker. In memory there is no broker to keep them, so there only the gate holds messages back.
/// </summary>
internal sealed partial class QueueEndpoint(
    string name, int concurrency, int prefetch, QueuePriority priority, bool isInMemory, TimeProvider time, ILogger logger)
    : IDisposable
{
    // Messages in flight are finished before the endpoint stops; only the return of prefetched messages remains.
    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(30);

    private readonly int _configured = concurrency;
    private IQueueReceiver? _receiver;
    private Task _move = Task.CompletedTask;
    private bool _isPaused;
    private bool _isStopped;
    private bool _stopFailed;

    public string Name => name;
    public QueuePriority Priority => priority;
    public QueueGate Gate { get; } = new(concurrency, time);

    /// <summary>The number of messages that it consumes at once.</summary>
    public int Concurrency { get; private set; } = concurrency;

    /// <summary>
    /// The number of messages that are no longer in the queue. Messages that wait at the gate have left a broker's queue, but in
    /// memory they are still in the store.
    /// </summary>
    public int InFlight => isInMemory ? Gate.Running : Gate.Arrived;

    /// <summary>Applies the queue's settings. Call it periodically: a pause starts when no message is running.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="workers">The number of processes that share the rate limit.</param>
    public void Apply(QueueSettings settings, int workers)
    {
        _isPaused = settings.Paused;
        Concurrency = Math.Min(settings.Concurrency ?? _configured, prefetch);
        Gate.Set(!_isPaused, Concurrency, settings.RateLimit / Math.Max(1, workers));
        if (isInMemory || _receiver is not { } receiver || !_move.IsCompleted)
        {
            return;
        }

        if (_isPaused && !_isStopped && Gate.Running == 0)
        {
            _isStopped = true;
            _move = StopAsync(receiver);
        }
        else if (!_isPaused && (_isStopped || _stopFailed))
        {
            (_isStopped, _stopFailed) = (false, false);
            _move = StartAsync(receiver);
        }
    }

    public void Dispose() => Gate.Dispose();

    /// <summary>The endpoint receives messages from now on.</summary>
    /// <param name="receiver">The receiver.</param>
    public void Started(IQueueReceiver receiver)
    {
        if (!receiver.Equals(_receiver))
        {
            (_isStopped, _stopFailed) = (false, false); // another endpoint of the queue, which runs
        }

        _receiver = receiver;
        Gate.Refuse(false);
    }

    /// <summary>The endpoint receives no further messages, and waiting messages are returned to the broker.</summary>
    public void Stopping() => Gate.Refuse(true);

    private async Task StopAsync(IQueueReceiver receiver)
    {
        try
        {
            using var deadline = new CancellationTokenSource(StopDeadline, time);
            await receiver.StopAsync(deadline.Token);
            LogPaused(name);
        }
        catch (Exception exception)
        {
            (_isStopped, _stopFailed) = (false, true); // the gate is closed; the next call retries, or restarts a half-stopped endpoint
            LogFailed(name, FailureText.Of(exception));
        }
    }

    /// <summary>It does not wait for the broker: the endpoint keeps reconnecting.</summary>
    private Task StartAsync(IQueueReceiver receiver)
    {
        try
        {
            Gate.Refuse(false);
            receiver.Start();
            LogResumed(name);
        }
        catch (Exception exception)
        {
            _isStopped = true;
            LogFailed(name, FailureText.Of(exception));
        }

        return Task.CompletedTask;
    }

    [LoggerMessage(EventId = 1401, EventName = "QueuePaused", Level = LogLevel.Information, Message = "Queue {Queue} is paused: no messages are taken from it")]
    private partial void LogPaused(string queue);

    [LoggerMessage(EventId = 1402, EventName = "QueueResumed", Level = LogLevel.Information, Message = "Queue {Queue} is consumed again")]
    private partial void LogResumed(string queue);

    [LoggerMessage(
        EventId = 1403, EventName = "QueueNotSwitched", Level = LogLevel.Warning,
        Message = "Queue {Queue} could not be paused or resumed; the next attempt follows, check the broker if this goes on: {Error}")]
    private partial void LogFailed(string queue, string error);
}
