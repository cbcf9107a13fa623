namespace Messaging.Outbox.RabbitMq;

/// <summary>
/// The acknowledgements of one channel, many in one: a quorum queue writes each that it gets to its log, and what is committed together is done
/// together. One speaks for all deliveries up to its own, so it may only be sent when all of them are here and answered.
/// </summary>
/// <remarks>
/// What is acknowledged here reaches the broker a few milliseconds later, at most <see cref="Interval"/> times <see cref="Patience"/>. A process that dies
/// before gets the message again, as it would if it had died before the acknowledgement: the inbox knows it.
/// </remarks>
/// <param name="acknowledge">Sends one: a delivery tag, and whether it speaks for those below.</param>
internal sealed class Acknowledgements(Func<ulong, bool, CancellationToken, ValueTask> acknowledge)
{
    /// <summary>So many intervals an acknowledgement waits for those below it, and is then sent by itself: a delivery may take hours.</summary>
    private const int Patience = 10;

    /// <summary>
    /// Consumers are called side by side for no more than the broker hands over in advance. When more than that have overtaken one, it was never
    /// given to a consumer, as at the end of one that the broker cancelled: nothing is spoken for any more, and each is acknowledged by itself.
    /// </summary>
    private const int MaxEarly = ushort.MaxValue;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(3);
    private static readonly TimeSpan FlushDeadline = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly HashSet<ulong> _unanswered = [];
    private readonly HashSet<ulong> _early = []; // consumers are called side by side: here, while a lower one is not
    private readonly List<Waiting> _waiting = [];
    private ulong _hereUpTo;
    private bool _hasGap;
    private int _round;
    private bool _isWriting;
    private volatile bool _isFlushing;
    private Task _writing = Task.CompletedTask;

    /// <summary>So many may wait for those below them: the broker sends nothing new for what it has no answer to. Set with the prefetch count.</summary>
    public int MaxWaiting { get; set; } = 8;

    /// <summary>Notes a delivery. Tags count from 1 on each channel.</summary>
    public void Deliver(ulong tag)
    {
        lock (_lock)
        {
            _unanswered.Add(tag);
            if (_hasGap)
            {
                return;
            }

            _early.Add(tag);
            while (_early.Remove(_hereUpTo + 1))
            {
                _hereUpTo++;
            }

            if (_early.Count > MaxEarly)
            {
                _hasGap = true;
                _early.Clear();
            }
        }
    }

    /// <summary>Acknowledges a delivery before long, and does not wait for that.</summary>
    public void Add(ulong tag)
    {
        lock (_lock)
        {
            _unanswered.Remove(tag);
            _waiting.Add(new Waiting(tag, _round));
            if (!_isWriting)
            {
                _isWriting = true;
                _writing = Task.Run(WriteAsync);
            }
        }
    }

    /// <summary>Notes that a delivery was answered otherwise.</summary>
    public void Settle(ulong tag)
    {
        lock (_lock)
        {
            _unanswered.Remove(tag);
        }
    }

    /// <summary>Sends what waits, before the channel closes. What does not get there comes again.</summary>
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
            // The channel is closed: whoever holds it says so, and the broker has them again.
        }

        return true;
    }

    /// <summary>The one that speaks for others, and those that have waited long enough for it; null when nothing waits.</summary>
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
            var bound = Math.Min(_hereUpTo, _unanswered.Count == 0 ? ulong.MaxValue : _unanswered.Min() - 1);
            ulong? upTo = null;
            foreach (var waiting in _waiting)
            {
                upTo = waiting.Tag <= bound && !(waiting.Tag < upTo) ? waiting.Tag : upTo;
            }

            _waiting.RemoveAll(w => w.Tag <= bound);
            var single = _waiting.TakeWhile((w, i) => _isFlushing || _waiting.Count - i > MaxWaiting || _round - w.Since >= Patience).Select(w => w.Tag).ToList();
            _waiting.RemoveRange(0, single.Count); // the oldest come first
            return (upTo, single);
        }
    }

    private readonly record struct Waiting(ulong Tag, int Since);
}
