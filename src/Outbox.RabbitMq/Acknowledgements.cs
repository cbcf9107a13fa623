namespace Messaging.Outbox.RabbitMq;

/// <summary>
/// Batches the acknowledgements of a channel, because a quorum queue writes each acknowledgement that it receives to its log.
/// Deliveries that are committed together are settled together. An acknowledgement with <c>multiple</c> covers all deliveries up to
/// its tag, so it may only be sent when all of those have arrived and are settled.
/// </summary>
/// <remarks>
/// An acknowledgement is sent a few milliseconds after it was added, at most <see cref="Interval"/> times <see cref="MaxRounds"/>.
/// If the process dies before that, the broker redelivers the message, and the inbox detects the duplicate.
/// </remarks>
/// <param name="acknowledge">Sends an acknowledgement: the delivery tag, and whether it covers all lower tags.</param>
internal sealed class Acknowledgements(Func<ulong, bool, CancellationToken, ValueTask> acknowledge)
{
    /// <summary>
    /// The number of intervals after which an acknowledgement is sent alone and no longer waits for lower tags, whose deliveries may
    /// take hours.
    /// </summary>
    private const int MaxRounds = 10;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(3);
    private static readonly TimeSpan FlushDeadline = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly UnsettledTags _unsettled = new();
    private readonly List<Waiting> _waiting = [];
    private int _round;
    private bool _isWriting;
    private volatile bool _isFlushing;
    private Task _writing = Task.CompletedTask;

    /// <summary>
    /// The maximum number of acknowledgements that wait for lower tags. They count against the prefetch count, so the maximum depends
    /// on it.
    /// </summary>
    public int MaxWaiting { get; set; } = 8;

    /// <summary>Records a delivery. Tags count from 1 on each channel.</summary>
    public void Deliver(ulong tag)
    {
        lock (_lock)
        {
            _unsettled.Add(tag);
        }
    }

    /// <summary>Queues the acknowledgement of a delivery, without waiting until it is sent.</summary>
    public void Add(ulong tag)
    {
        lock (_lock)
        {
            _unsettled.Remove(tag);
            _waiting.Add(new Waiting(tag, _round));
            if (!_isWriting)
            {
                _isWriting = true;
                _writing = Task.Run(WriteAsync);
            }
        }
    }

    /// <summary>Records that a delivery was settled without an acknowledgement.</summary>
    public void Settle(ulong tag)
    {
        lock (_lock)
        {
            _unsettled.Remove(tag);
        }
    }

    /// <summary>
    /// Sends waiting acknowledgements before the channel closes. The broker redelivers messages whose acknowledgement is lost.
    /// </summary>
    public async Task FlushAsync()
    {
        _isFlushing = true;
        await _writing.WaitAsync(FlushDeadline).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _isFlushing = false;
    }

    private async Task WriteAsync()
    {
        do
        {
            await Task.Delay(_isFlushing ? TimeSpan.Zero : Interval);
        }
        while (await WriteAsync(Take()));
    }

    private async Task<bool> WriteAsync((ulong? UpTo, IReadOnlyList<ulong> Single)? taken)
    {
        if (taken is not var (upTo, single))
        {
            return false;
        }

        try
        {
            if (upTo is { } tag)
            {
                await acknowledge(tag, true, CancellationToken.None);
            }

            foreach (var alone in single)
            {
                await acknowledge(alone, false, CancellationToken.None);
            }
        }
        catch (Exception)
        {
            // The channel is closed. Its owner logs that, and the broker redelivers the messages.
        }

        return true;
    }

    /// <summary>Takes the acknowledgements to send: one that covers all lower tags, and single ones. Null if none waits.</summary>
    private (ulong? UpTo, IReadOnlyList<ulong> Single)? Take()
    {
        lock (_lock)
        {
            if (_waiting.Count == 0)
            {
                _isWriting = false;
                return null;
            }

            _round++;
            var bound = _unsettled.SettledUpTo;
            ulong? upTo = null;
            foreach (var waiting in _waiting)
            {
                upTo = waiting.Tag <= bound && !(waiting.Tag < upTo) ? waiting.Tag : upTo;
            }

            _waiting.RemoveAll(w => w.Tag <= bound);
            var single = _waiting.TakeWhile((w, i) => _isFlushing || _waiting.Count - i > MaxWaiting || _round - w.Since >= MaxRounds).Select(w => w.Tag).ToList();
            _waiting.RemoveRange(0, single.Count); // the oldest are at the front
            return (upTo, single);
        }
    }

    private readonly record struct Waiting(ulong Tag, int Since);
}
