namespace Messaging.Outbox.RabbitMq;

/// <summary>Tracks the delivery tags of a channel that are not settled. Not thread-safe: <see cref="Acknowledgements"/> locks.</summary>
internal sealed class UnsettledTags
{
    /// <summary>
    /// The maximum number of tags that have arrived before a lower one. RabbitMQ.Client calls consumers concurrently for at most the
    /// prefetch count, so beyond this number the lower tag was never passed to a consumer, which happens when the broker cancels a
    /// consumer. From then on each delivery is acknowledged alone.
    /// </summary>
    private const int MaxEarly = ushort.MaxValue;

    private readonly HashSet<ulong> _unsettled = [];
    private readonly HashSet<ulong> _early = []; // arrived before a lower tag, because consumers are called concurrently
    private ulong _deliveredUpTo;
    private bool _hasGap;

    /// <summary>The highest tag up to which all deliveries have arrived and are settled, so that one acknowledgement covers them.</summary>
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
