using System.Threading.Channels;

namespace Messaging.Outbox.FastLane;

/// <summary>Groups of what has arrived and may go: what is there at once, and no more. It waits at the gate for the first of a group only.</summary>
internal sealed class FastLaneGroups(ChannelReader<FastLaneExecution> arrivals, int maxGroup)
{
    private readonly List<FastLaneExecution> _group = new(maxGroup);
    private (FastLaneExecution Execution, ValueTask<bool> Entry)? _next;

    /// <summary>Waits for an arrival.</summary>
    public ValueTask<bool> WaitAsync() => _next is null ? arrivals.WaitToReadAsync() : new ValueTask<bool>(true);

    /// <returns>The next group, the same list each time; empty when another has taken what was there, or the endpoint stops.</returns>
    public async ValueTask<IReadOnlyList<FastLaneExecution>> NextAsync()
    {
        _group.Clear();
        while (_group.Count < maxGroup && TryTake() is var (execution, entry))
        {
            if (!entry.IsCompleted && _group.Count > 0)
            {
                _next = (execution, entry);
                break;
            }

            if (await entry)
            {
                _group.Add(execution);
            }
            else
            {
                execution.Abandon();
            }
        }

        return _group;
    }

    private (FastLaneExecution Execution, ValueTask<bool> Entry)? TryTake()
    {
        if (_next is { } waiting)
        {
            _next = null;
            return waiting;
        }

        return arrivals.TryRead(out var execution) ? (execution, execution.Permit.EnterAsync()) : null;
    }
}
