using System.Globalization;

namespace Messaging.Outbox.Feed;

/// <summary>Finds task changes for the followers of all tasks: tasks whose version differs from the one that earlier polls saw.</summary>
internal sealed class ChangedTasks(TaskRows rows)
{
    // Rows have the time at which their transaction began, and become visible when it commits.
    private static readonly TimeSpan LookBack = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestGap = TimeSpan.FromMinutes(2);

    private readonly Dictionary<Guid, (string Version, DateTimeOffset At)> _seen = [];
    private DateTimeOffset? _last;

    /// <summary>Sends new changes to all followers, and missed changes to reconnected ones; at most two queries.</summary>
    public async Task NotifyAsync(IReadOnlyList<ChangesFollower> followers, DateTimeOffset now)
    {
        var eventId = now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        var positions = followers.Where(f => !f.IsCaughtUp && f.From is not null).Select(f => f.From!.Value).ToList();
        var missed = positions.Count == 0 ? [] : Events(eventId, await rows.ChangedSinceAsync(Later(positions.Min(), now - LongestGap) - LookBack));
        var changes = await ReadChangesAsync(eventId, now);
        foreach (var follower in followers)
        {
            if (follower.IsCaughtUp)
            {
                follower.Notify(eventId, changes);
            }
            else if (follower.From is not { } from)
            {
                follower.CatchUp(eventId, [], changes);
            }
            else
            {
                // After a long gap a client should read the task list instead.
                IEnumerable<TaskEvent> gap = from < now - LongestGap ? [new TaskEvent(eventId, Task: null, Lagged: true)] : [];
                follower.CatchUp(eventId, gap.Concat(missed), changes);
            }
        }
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static IReadOnlyList<TaskEvent> Events(string eventId, IReadOnlyList<TaskRecord> changed)
    {
        IEnumerable<TaskEvent> lagged = changed.Count == TaskRows.MaxChanges ? [new TaskEvent(eventId, Task: null, Lagged: true)] : [];
        return [.. lagged, .. changed.Select(task => new TaskEvent(eventId, task))];
    }

    /// <summary>The first poll only records the current versions, and returns no changes.</summary>
    private async Task<IReadOnlyList<TaskEvent>> ReadChangesAsync(string eventId, DateTimeOffset now)
    {
        var changed = await rows.ChangedSinceAsync((_last ?? now) - LookBack);
        var changes = Events(eventId, changed)
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
        return isFirst ? [] : changes;
    }
}
