using System.Threading.Channels;

namespace Messaging.Outbox.FastLane;

/// <summary>
/// Forms groups of the messages that have arrived and may enter, without waiting for more. It waits at the gate only for the first
/// message of a group.
/// </summary>
internal sealed class FastLaneGroups(ChannelReader<FastLaneExecution> arrivals, int maxGroup)
{
    private readonly List<FastLaneExecution> _group = new(maxGroup);
    private (FastLaneExecution Execution, ValueTask<bool> Entry)? _next;

    /// <summary>Waits for an arrival.</summary>
    public ValueTask<bool> WaitAsync() => _next is null ? arrivals.WaitToReadAsync() : new ValueTask<bool>(true);

    /// <returns>The next group, always in the same list; empty if another loop has taken the messages, or the endpoint stops.</returns>
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
