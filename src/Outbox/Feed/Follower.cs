using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Messaging.Outbox.Feed;

/// <summary>Somebody who follows: the poll puts in what there is to tell and never waits; the stream takes it out at its own pace.</summary>
internal abstract class Follower(BoundedChannelOptions options)
{
    private static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(15);

    private readonly Channel<IReadOnlyList<TaskEvent>> _events = Channel.CreateBounded<IReadOnlyList<TaskEvent>>(options);

    private volatile string? _eventId;
    private volatile bool _isEnded;

    /// <summary>Nothing is to be told any more.</summary>
    public bool IsEnded => _isEnded;

    /// <summary>Where a stream goes on that has taken all that it was told; null until there is anything to go on from.</summary>
    protected string? EventId
    {
        get => _eventId;
        set => _eventId = value;
    }

    /// <summary>Ends the stream after what it was told; an error breaks it off.</summary>
    public void End(Exception? error = null)
    {
        _isEnded = true;
        _events.Writer.TryComplete(error);
    }

    /// <summary>What the follower is told, and a sign of life when there is nothing to tell for a while.</summary>
    public async IAsyncEnumerable<TaskEvent> ReadAsync(TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var hasMore = _events.Reader.WaitToReadAsync(cancellationToken).AsTask();
            while (!await IsOverAsync(hasMore, time, cancellationToken))
            {
                if (EventId is { } eventId && !_events.Reader.TryPeek(out _)) // in this order: what came meanwhile is after it
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

    /// <returns>False when the follower is too slow.</returns>
    protected bool TryTell(IReadOnlyList<TaskEvent> events) => _events.Writer.TryWrite(events);

    private static async Task<bool> IsOverAsync(Task waiting, TimeProvider time, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var isOver = await Task.WhenAny(waiting, Task.Delay(SignOfLife, time, enough.Token)) == waiting;
        await enough.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        return isOver;
    }
}
