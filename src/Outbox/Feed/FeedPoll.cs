using Messaging.Outbox.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Feed;

/// <summary>Polls once per <see cref="OutboxOptions.EventInterval"/> for all followers, and only while there are followers.</summary>
internal sealed partial class FeedPoll
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250), LongestPause = TimeSpan.FromSeconds(5);

    private readonly TaskRows _rows;
    private readonly StoreClock _time;
    private readonly ILogger<FeedPoll> _logger;
    private readonly TimeSpan _interval;
    private readonly CancellationToken _stopping;
    private readonly Lock _lock = new();
    private readonly HashSet<Follower> _followers = [];
    private bool _isRunning;

    public FeedPoll(
        IStoreQueries queries, IOptions<OutboxOptions> options, StoreClock time, ILogger<FeedPoll> logger, IHostApplicationLifetime? lifetime = null)
    {
        _rows = new TaskRows(queries, options);
        _time = time;
        _logger = logger;
        _interval = options.Value.EventInterval;
        _stopping = lifetime?.ApplicationStopping ?? default;
        _stopping.Register(EndAll); // ends the streams, which would otherwise delay the shutdown until its timeout
    }

    /// <summary>Adds a follower; it gets events from the next poll on.</summary>
    public void Join(Follower follower)
    {
        lock (_lock)
        {
            _followers.Add(follower);
            if (!_isRunning)
            {
                _isRunning = true;
                _ = Task.Run(RunAsync);
            }
        }

        if (_stopping.IsCancellationRequested)
        {
            follower.End();
        }
    }

    public void Leave(Follower follower)
    {
        lock (_lock)
        {
            _followers.Remove(follower);
        }
    }

    private async Task RunAsync()
    {
        var (changes, failures) = ((ChangedTasks?)null, 0);
        while (CurrentFollowers() is { } followers)
        {
            var ofAll = followers.OfType<ChangesFollower>().ToList();
            changes = ofAll.Count == 0 ? null : changes ?? new ChangedTasks(_rows);
            try
            {
                await NotifyAsync([.. followers.OfType<TaskFollower>()]);
                await (changes?.NotifyAsync(ofAll, _time.GetUtcNow()) ?? Task.CompletedTask);
                failures = 0;
            }
            catch (StoreUnavailableException exception)
            {
                failures++;
                if (failures == 1)
                {
                    LogWaiting(FailureText.Of(exception));
                }
            }
            catch (Exception exception)
            {
                followers.ForEach(follower => follower.End(exception)); // a retry would not help: end the streams
            }

            await Task.Delay(Pause(failures), _time);
        }
    }

    /// <returns>Null when there are no followers; the polling then ends.</returns>
    private List<Follower>? CurrentFollowers()
    {
        lock (_lock)
        {
            _followers.RemoveWhere(follower => follower.IsEnded);
            _isRunning = _followers.Count > 0;
            return _isRunning ? [.. _followers] : null;
        }
    }

    private async Task NotifyAsync(List<TaskFollower> followers)
    {
        if (followers.Count == 0)
        {
            return;
        }

        var tasks = (await _rows.FindAsync(followers.Select(f => f.Id).ToHashSet())).ToDictionary(t => t.Id, t => new TaskEvent(TaskVersion.Of(t), t));
        followers.ForEach(follower => follower.Notify(tasks.GetValueOrDefault(follower.Id)));
    }

    private void EndAll()
    {
        lock (_lock)
        {
            foreach (var follower in _followers)
            {
                follower.End();
            }
        }
    }

    /// <summary>While the database is unavailable the pauses grow from 250 ms to 5 s, with jitter.</summary>
    private TimeSpan Pause(int failures)
    {
        var pause = failures == 0 ? TimeSpan.Zero : FirstPause * Math.Pow(2, Math.Min(failures, 6)) * Jitter.Factor();
        return pause < _interval ? _interval : pause < LongestPause ? pause : LongestPause;
    }

    [LoggerMessage(
        EventId = 1640, EventName = "EventStreamsWait", Level = LogLevel.Warning,
        Message = "Event streams wait for the database; check it if this goes on: {Error}")]
    private partial void LogWaiting(string error);
}
