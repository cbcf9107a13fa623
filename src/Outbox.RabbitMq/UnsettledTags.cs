namespace Messaging.Outbox.RabbitMq;

/// <summary>The deliveries of a channel that are not settled, by their tags. Not thread-safe: <see cref="Acknowledgements"/> locks.</summary>
internal sealed class UnsettledTags
{
    /// <summary>
    /// RabbitMQ.Client calls consumers concurrently for at most the prefetch count. If more than this many tags have overtaken
    /// one, that one was never passed to a consumer, as happens when the broker cancels a consumer. From then on each delivery is
    /// acknowledged alone.
    /// </summary>
    private const int MaxEarly = ushort.MaxValue;

    private readonly HashSet<ulong> _unsettled = [];
    private readonly HashSet<ulong> _early = []; // arrived while a lower tag has not, because consumers are called concurrently
    private ulong _deliveredUpTo;
    private bool _hasGap;

    /// <summary>All deliveries up to this tag have arrived and are settled: one acknowledgement can stand for them.</summary>
    public ulong SettledUpTo => Math.Min(_deliveredUpTo, _unsettled.Count == 0 ? ulong.MaxValue : _unsettled.Min() - 1);

    /// <summary>Records a delivery. Tags count from 1 on each channel.</summary>
    public void Add(ulong tag)
    {
        _unsettled.Add(tag);
        if (_hasGap)
        {
            return;
        }

        _early.Add(tag);
        while (_early.Remove(_deliveredUpTo + 1))
        {
            _deliveredUpTo++;
        }

        if (_early.Count > MaxEarly)
        {
            _hasGap = true;
            _early.Clear();
        }
    }

    /// <summary>Records that a delivery is settled.</summary>
    public void Remove(ulong tag) => _unsettled.Remove(tag);
}
