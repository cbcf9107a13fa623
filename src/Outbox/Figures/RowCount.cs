using Messaging.Outbox.Store;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Figures;

/// <summary>
/// Counts the rows of all tasks beside the readings, which go on meanwhile: the first time soon after the start, then after a hundred times
/// as long as it took (docs/decisions/0044).
/// </summary>
internal sealed partial class RowCount(IFigureStore store, TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>The part of the time that counting may take.</summary>
    private const int AtMostOneIn = 100;

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);

    private Task<IReadOnlyList<long>> _running = Nothing;
    private CancellationTokenSource? _stop;
    private long? _endedAt;
    private TimeSpan _took;

    private static Task<IReadOnlyList<long>> Nothing { get; } = Task.FromResult<IReadOnlyList<long>>([]);

    /// <summary>What a count has found that was not <see cref="Use">used</see> yet; empty while there is nothing new.</summary>
    public IReadOnlyList<long> Found => _running.IsCompletedSuccessfully ? _running.Result : [];

    /// <summary>Begins to count if it is time. What the last one has found must have been used.</summary>
    public void Begin(CancellationToken stoppingToken)
    {
        if (_running == Nothing && (_endedAt is not { } ended || time.GetElapsedTime(ended) >= _took * AtMostOneIn))
        {
            _stop?.Dispose();
            _stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            _running = CountAsync(_stop.Token);
        }
    }

    /// <summary>What was found is used. A count that has ended since has found something else.</summary>
    public void Use(IReadOnlyList<long> found) => _running = ReferenceEquals(Found, found) && _running.IsCompleted ? Nothing : _running;

    /// <summary>Another process counts now: what was found here is older than what that one finds.</summary>
    public void Forget()
    {
        _stop?.Cancel();
        _running = Nothing;
    }

    /// <summary>Waits for a count that was cancelled with the host.</summary>
    public Task StopAsync()
    {
        _stop?.Cancel();
        return _running;
    }

    /// <summary>A host that waits no longer disposes of it while it is still to be stopped.</summary>
    public void Dispose() => Interlocked.Exchange(ref _stop, null)?.Dispose();

    private async Task<IReadOnlyList<long>> CountAsync(CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        try
        {
            using var deadline = new CancellationTokenSource(Deadline, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
            return await store.CountRowsAsync(either.Token);
        }
        catch (Exception exception)
        {
            if (!cancellationToken.IsCancellationRequested)
            {
                LogFailed(FailureText.Of(exception));
            }

            return [];
        }
        finally
        {
            (_endedAt, _took) = (time.GetTimestamp(), time.GetElapsedTime(start));
        }
    }

    [LoggerMessage(
        EventId = 1723, EventName = "TaskRowsNotCounted", Level = LogLevel.Warning,
        Message = "The rows of tasks could not be counted, with which the balance is checked; the figures are read as before, and the next attempt follows. Check the database if this goes on: {Error}")]
    private partial void LogFailed(string error);
}
