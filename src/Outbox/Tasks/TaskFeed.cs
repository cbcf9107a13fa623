using System.Globalization;
using System.Runtime.CompilerServices;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Tasks;

/// <summary>Looks again and again, as long as somebody follows.</summary>
internal sealed partial class TaskFeed(
    IOutboxStore store, ITaskStore tasks, IOptions<OutboxOptions> options, StoreClock time, ILogger<TaskFeed> logger) : ITaskFeed
{
    private const int MaxChanges = 5_000;

    // A transaction's rows bear the time of its begin, and are seen after its commit.
    private static readonly TimeSpan LookBack = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestGap = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(15);

    // Whatever happened to a message left a row in the inbox; besides, tasks that are new, and those that show progress.
    private static readonly string Changed =
        $"""
        SELECT {TaskReader.Columns} FROM tasks WHERE id IN (
            SELECT message_id FROM inbox WHERE consumed_at >= $1
            UNION SELECT id FROM tasks WHERE id >= $2
            UNION SELECT id FROM tasks WHERE attention = {(int)TaskState.Running}) ORDER BY id DESC LIMIT {MaxChanges}
        """;

    private readonly OutboxOptions _options = options.Value;
    private int _streams;

    public IAsyncEnumerable<TaskEvent>? Follow(Guid id, string? lastEventId, CancellationToken cancellationToken) =>
        Open() ? FollowAsync(id, lastEventId, cancellationToken) : null;

    public IAsyncEnumerable<TaskEvent>? FollowAll(string? lastEventId, CancellationToken cancellationToken) =>
        Open() ? FollowAllAsync(lastEventId, cancellationToken) : null;

    private async IAsyncEnumerable<TaskEvent> FollowAsync(
        Guid id, string? last, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            var spokenAt = time.GetUtcNow();
            while (await FindAsync(id, cancellationToken) is { } task)
            {
                var version = EventIdOf(task);
                if (version != last || time.GetUtcNow() - spokenAt > SignOfLife)
                {
                    yield return new TaskEvent(version, version == last ? null : task);
                    (last, spokenAt) = (version, time.GetUtcNow());
                }

                if (task.State is TaskState.Succeeded or TaskState.Failed or TaskState.Cancelled)
                {
                    yield break;
                }

                await Task.Delay(_options.EventInterval, time, cancellationToken);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _streams);
        }
    }

    private async IAsyncEnumerable<TaskEvent> FollowAllAsync(string? last, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            var seen = new Dictionary<Guid, (string Version, DateTimeOffset At)>();
            var spokenAt = time.GetUtcNow();
            var from = Position(last);
            if (from is null)
            {
                (from, var present) = (spokenAt, await ChangedSinceAsync(spokenAt, cancellationToken));
                present.ForEach(task => seen[task.Id] = (EventIdOf(task), spokenAt));
            }

            if (from < spokenAt - LongestGap)
            {
                // Whoever was away for that long is better served by a list.
                from = spokenAt - LongestGap;
                yield return new TaskEvent(last!, Task: null, Lagged: true);
            }

            while (true)
            {
                var now = time.GetUtcNow();
                var eventId = now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
                var changed = await ChangedSinceAsync(from.Value, cancellationToken);
                if (changed.Count == MaxChanges)
                {
                    yield return new TaskEvent(eventId, Task: null, Lagged: true);
                }

                foreach (var task in changed)
                {
                    var version = EventIdOf(task);
                    var isNews = !seen.TryGetValue(task.Id, out var before) || before.Version != version;
                    seen[task.Id] = (version, now);
                    if (isNews)
                    {
                        spokenAt = now;
                        yield return new TaskEvent(eventId, task);
                    }
                }

                if (now - spokenAt > SignOfLife)
                {
                    spokenAt = now;
                    yield return new TaskEvent(eventId, Task: null);
                }

                Forget(seen, now - (2 * LookBack));
                from = now;
                await Task.Delay(_options.EventInterval, time, cancellationToken);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _streams);
        }
    }

    private async Task<List<TaskRecord>> ChangedSinceAsync(DateTimeOffset from, CancellationToken cancellationToken)
    {
        var since = from - LookBack;
        var changed = await StoreWait.RunAsync(
            () => StoreDeadline.RunAsync(
                _options.CommitTimeout * 4,
                token => store.QueryAsync(Changed, [new StoreTime(since), Uuid7.LowerBound(since)], TaskReader.Read, token),
                cancellationToken),
            LogWaiting,
            time,
            cancellationToken);
        return [.. changed.Reverse()];
    }

    private Task<TaskRecord?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        StoreWait.RunAsync(() => tasks.FindAsync(id, cancellationToken), LogWaiting, time, cancellationToken);

    private bool Open()
    {
        if (Interlocked.Increment(ref _streams) <= _options.MaxEventStreams)
        {
            return true;
        }

        Interlocked.Decrement(ref _streams);
        return false;
    }

    private static DateTimeOffset? Position(string? eventId) =>
        long.TryParse(eventId, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds < 253_402_300_800_000
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : null;

    private static void Forget(Dictionary<Guid, (string Version, DateTimeOffset At)> seen, DateTimeOffset before)
    {
        foreach (var (id, _) in seen.Where(s => s.Value.At < before).ToList())
        {
            seen.Remove(id);
        }
    }

    public string EventIdOf(TaskRecord task)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{task.Progress} {task.ProgressText} {task.NextAttemptAt:O} {task.StartedAt:O}");
        return string.Create(
            CultureInfo.InvariantCulture, $"{(int)task.State}-{task.Attempts}-{task.Redrives}-{Inbox.DerivedId.Of(text).ToString("N")[..8]}");
    }

    [LoggerMessage(LogLevel.Warning, "An event stream waits for the database: {Error}")]
    private partial void LogWaiting(string error);
}
