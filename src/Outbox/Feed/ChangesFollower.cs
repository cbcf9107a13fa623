using System.Threading.Channels;

namespace Messaging.Outbox.Feed;

/// <summary>
/// Follows all tasks. A follower that is too slow loses events that do not fit into its buffer, and gets a lag event as soon as
/// there is room.
/// </summary>
/// <param name="from">The position at which an earlier stream ended; null to start now.</param>
/// <param name="dropped">Told how many events did not fit.</param>
internal sealed class ChangesFollower(DateTimeOffset? from, Action<int> dropped)
    : Follower(new BoundedChannelOptions(MaxWaitingPolls) { FullMode = BoundedChannelFullMode.Wait })
{
    /// <summary>The number of polls with changes that are buffered for a follower. All followers share the events of a poll.</summary>
    public const int MaxWaitingPolls = 16;

    private bool _lags;

    public DateTimeOffset? From => from;

    /// <summary>Whether it got the changes since its position.</summary>
    public bool IsCaughtUp { get; private set; }

    /// <param name="eventId">The id of the poll.</param>
    /// <param name="before">The changes since the follower's position.</param>
    /// <param name="changes">The changes that all followers get.</param>
    public void CatchUp(string eventId, IEnumerable<TaskEvent> before, IReadOnlyList<TaskEvent> changes)
    {
        IEnumerable<TaskEvent> begin = from is null ? [new TaskEvent(eventId, Task: null)] : [];
        Notify(eventId, [.. begin, .. before, .. changes]);
        IsCaughtUp = true;
    }

    public void Notify(string eventId, IReadOnlyList<TaskEvent> events)
    {
        IReadOnlyList<TaskEvent> all = _lags ? [new TaskEvent(eventId, Task: null, Lagged: true), .. events] : events;
        _lags = all.Count > 0 && !TryWrite(all);
        EventId = _lags ? EventId : eventId;
        if (_lags && events.Count > 0)
        {
            dropped(events.Count);
        }
    }
}
