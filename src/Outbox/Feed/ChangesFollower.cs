using System.Threading.Channels;

namespace Messaging.Outbox.Feed;

/// <summary>Follows all tasks. One who is too slow misses what does not fit, and is told so as soon as there is room.</summary>
/// <param name="from">Where an earlier stream broke off; null from now on.</param>
internal sealed class ChangesFollower(DateTimeOffset? from)
    : Follower(new BoundedChannelOptions(MaxWaitingPolls) { FullMode = BoundedChannelFullMode.Wait })
{
    /// <summary>Polls with news that may wait for a follower; all followers share what one tells.</summary>
    public const int MaxWaitingPolls = 16;

    private bool _lags;

    public DateTimeOffset? From => from;

    /// <summary>Whether it has been told what was before it came.</summary>
    public bool IsCaughtUp { get; private set; }

    /// <param name="eventId">The poll.</param>
    /// <param name="before">What happened since its position.</param>
    /// <param name="news">What is told to all.</param>
    public void CatchUp(string eventId, IEnumerable<TaskEvent> before, IReadOnlyList<TaskEvent> news)
    {
        IEnumerable<TaskEvent> begin = from is null ? [new TaskEvent(eventId, Task: null)] : [];
        Tell(eventId, [.. begin, .. before, .. news]);
        IsCaughtUp = true;
    }

    public void Tell(string eventId, IReadOnlyList<TaskEvent> events)
    {
        IReadOnlyList<TaskEvent> all = _lags ? [new TaskEvent(eventId, Task: null, Lagged: true), .. events] : events;
        _lags = all.Count > 0 && !TryTell(all);
        EventId = _lags ? EventId : eventId;
    }
}
