using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Messaging.Outbox.Feed;

/// <summary>A follower of tasks. The poll writes events to its buffer and never waits; the stream reads them at its own rate.</summary>
internal abstract class Follower(BoundedChannelOptions options)
{
    private readonly Channel<IReadOnlyList<TaskEvent>> _events = Channel.CreateBounded<IReadOnlyList<TaskEvent>>(options);

    private volatile string? _eventId;
    private volatile bool _isEnded;

    /// <summary>Whether there are no further events.</summary>
    public bool IsEnded => _isEnded;

    /// <summary>The position to continue from after all events that the stream has read; null until there is one.</summary>
    protected string? EventId
    {
        get => _eventId;
        set => _eventId = value;
    }

    /// <summary>Ends the stream after its buffered events, or with an error.</summary>
    public void End(Exception? error = null)
    {
        _isEnded = true;
        _events.Writer.TryComplete(error);
    }

    /// <summary>The events of the follower, with a heartbeat after a while without events.</summary>
    public async IAsyncEnumerable<TaskEvent> ReadAsync(TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var hasMore = _events.Reader.WaitToReadAsync(cancellationToken).AsTask();
            while (!await Silence.IsOverAsync(hasMore, time, cancellationToken))
            {
                // in this order: an event that arrives in between has a later id
                if (EventId is { } eventId && !_events.Reader.TryPeek(out _))
                {
                    yield return new TaskEvent(eventId, Task: null);
                }
            }

            if (!await hasMore)
            {
                yield break;
            }

            while (_events.Reader.TryRead(out var events))
            {
                foreach (var change in events)
                {
                    yield return change;
                }
            }
        }
    }

    /// <returns>False if the follower's buffer is full.</returns>
    protected bool TryWrite(IReadOnlyList<TaskEvent> events) => _events.Writer.TryWrite(events);
}
