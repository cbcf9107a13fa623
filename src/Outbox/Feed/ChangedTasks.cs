using System.Globalization;

namespace Messaging.Outbox.Feed;

/// <summary>What is news to those who follow all tasks: a task that is another than the last polls have seen it.</summary>
internal sealed class ChangedTasks(TaskRows rows)
{
    // A transaction's rows bear the time of its begin, and are seen after its commit.
    private static readonly TimeSpan LookBack = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestGap = TimeSpan.FromMinutes(2);

    private readonly Dictionary<Guid, (string Version, DateTimeOffset At)> _seen = [];
    private DateTimeOffset? _last;

    /// <summary>Tells the followers what is new since the last poll, and those who come back what they missed: two statements at most.</summary>
    public async Task TellAsync(IReadOnlyList<ChangesFollower> followers, DateTimeOffset now)
    {
        var eventId = now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        var back = followers.Where(f => !f.IsCaughtUp && f.From is not null).Select(f => f.From!.Value).ToList();
        var missed = back.Count == 0 ? [] : Events(eventId, await rows.ChangedSinceAsync(Later(back.Min(), now - LongestGap) - LookBack));
        var news = await NewsAsync(eventId, now);
        foreach (var follower in followers)
        {
            if (follower.IsCaughtUp)
            {
                follower.Tell(eventId, news);
            }
            else if (follower.From is not { } from)
            {
                follower.CatchUp(eventId, [], news);
            }
            else
            {
                // Whoever was away for long is better served by a list.
                IEnumerable<TaskEvent> gap = from < now - LongestGap ? [new TaskEvent(eventId, Task: null, Lagged: true)] : [];
                follower.CatchUp(eventId, gap.Concat(missed), news);
            }
        }
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static IReadOnlyList<TaskEvent> Events(string eventId, IReadOnlyList<TaskRecord> changed)
    {
        IEnumerable<TaskEvent> cut = changed.Count == TaskRows.MaxChanges ? [new TaskEvent(eventId, Task: null, Lagged: true)] : [];
        return [.. cut, .. changed.Select(task => new TaskEvent(eventId, task))];
    }

    /// <summary>The first poll has no news: it only sees what there is.</summary>
    private async Task<IReadOnlyList<TaskEvent>> NewsAsync(string eventId, DateTimeOffset now)
    {
        var changed = await rows.ChangedSinceAsync((_last ?? now) - LookBack);
        var news = Events(eventId, changed)
            .Where(e => e.Task is not { } task || !_seen.TryGetValue(task.Id, out var before) || before.Version != TaskVersion.Of(task))
            .ToList();
        foreach (var task in changed)
        {
            _seen[task.Id] = (TaskVersion.Of(task), now);
        }

        foreach (var (id, _) in _seen.Where(s => s.Value.At < now - (2 * LookBack)).ToList())
        {
            _seen.Remove(id);
        }

        var isFirst = _last is null;
        _last = now;
        return isFirst ? [] : news;
    }
}
