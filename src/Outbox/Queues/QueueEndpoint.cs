using Messaging.Outbox.Redelivery;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Queues;

/// <summary>
/// A queue that this process consumes: its gate, and its receive endpoint, which is stopped while the queue is paused, so that the
/// broker keeps what it has. In memory there is no broker to keep it, so there the gate alone holds everything up.
/// </summary>
internal sealed partial class QueueEndpoint(
    string name, int concurrency, int prefetch, QueuePriority priority, bool isInMemory, TimeProvider time, ILogger logger)
    : IDisposable
{
    // What is in hand is finished before the endpoint is stopped; only giving back what was handed over in advance remains.
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

    /// <summary>Messages that it consumes at once.</summary>
    public int Concurrency { get; private set; } = concurrency;

    /// <summary>Messages that are not in the queue any more: those that wait at the gate are still in the store in memory, but not with a broker.</summary>
    public int InFlight => isInMemory ? Gate.Running : Gate.Present;

    /// <summary>Goes by the queue's settings from now on. To be called again and again: a pause begins when nothing is in hand.</summary>
    /// <param name="settings">What is set.</param>
    /// <param name="workers">Processes that share the rate limit.</param>
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

    /// <summary>Messages are taken from the queue from now on.</summary>
    /// <param name="receiver">What takes them.</param>
    public void Started(IQueueReceiver receiver)
    {
        _receiver = receiver;
        Gate.Refuse(false);
    }

    /// <summary>No more messages are taken, and what waits is given back.</summary>
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
            (_isStopped, _stopFailed) = (false, true); // the gate is closed; the next look tries again, or starts what stands half-way
            LogFailed(name, FailureText.Of(exception));
        }
    }

    /// <summary>Whether the broker is in reach is not waited for: the endpoint keeps trying.</summary>
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

    [LoggerMessage(LogLevel.Information, "Queue {Queue} is paused: nothing is taken from it")]
    private partial void LogPaused(string queue);

    [LoggerMessage(LogLevel.Information, "Queue {Queue} is consumed again")]
    private partial void LogResumed(string queue);

    [LoggerMessage(LogLevel.Warning, "Queue {Queue} could not be paused or resumed, the next attempt follows: {Error}")]
    private partial void LogFailed(string queue, string error);
}
