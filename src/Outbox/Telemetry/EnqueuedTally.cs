
namespace Messaging.Outbox.Telemetry;

/// <summary>Counts the messages of a group commit: one addition for each run of messages of the same queue and type.</summary>
internal struct EnqueuedTally(OutboxMetrics metrics)
{
    private string? _queue, _type;
    private int _count;

    /// <summary>Adds the messages that the unit has stored. Those that are only sent again are not enqueued.</summary>
    public void Add(StagedWork work)
    {
        foreach (var message in work.Messages)
        {
            if (message is not { Type: { } type, Holds: true })
            {
                continue;
            }

            if (_count > 0 && ((object)type != _type || message.Queue != _queue))
            {
                Flush();
            }

            (_queue, _type) = (message.Queue, type);
            _count++;
        }
    }

    /// <summary>Reports what was added.</summary>
    public void Flush()
    {
        if (_count > 0)
        {
            metrics.Enqueued(_count, _queue, _type!);
            _count = 0;
        }
    }
}
