using System.Threading.Channels;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace Messaging.Api.Logs.AccessLog;

/// <summary>
/// A queue of entries to be enqueued, bounded in length and rate. Adding never waits and never throws; entries that do not fit
/// are counted.
/// </summary>
internal sealed class AccessLogQueue(IOptions<AccessLogOptions> options, AccessLogDrops drops) : IDisposable
{
    private readonly double _ratio = options.Value.SampleRatio;
    private readonly Channel<AccessLogEntry> _entries = Channel.CreateBounded<AccessLogEntry>(
        new BoundedChannelOptions(options.Value.Capacity) { SingleReader = true });

    private readonly TokenBucketRateLimiter _limiter = new(new TokenBucketRateLimiterOptions
    {
        TokenLimit = options.Value.MaxPerSecond,
        TokensPerPeriod = options.Value.MaxPerSecond,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        QueueLimit = 0,
    });

    /// <summary>Whether to log a request; called before its entry is created.</summary>
    public bool ShouldLog()
    {
        if (_ratio < 1 && Random.Shared.NextDouble() >= _ratio)
        {
            return false; // not sampled, and so not counted as dropped
        }

        using var lease = _limiter.AttemptAcquire();
        if (!lease.IsAcquired)
        {
            drops.Add(AccessLogDrops.RateLimit, 1);
        }

        return lease.IsAcquired;
    }

    public void Add(AccessLogEntry entry)
    {
        if (!_entries.Writer.TryWrite(entry))
        {
            drops.Add(AccessLogDrops.QueueFull, 1);
        }
    }

    /// <summary>Waits until there is an entry, or until the time is over.</summary>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(atMost);
        try
        {
            await _entries.Reader.WaitToReadAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // No entry came.
        }
    }

    /// <summary>Takes entries in their order, up to a limit.</summary>
    public List<AccessLogEntry> Take(int limit)
    {
        var taken = new List<AccessLogEntry>();
        while (taken.Count < limit && _entries.Reader.TryRead(out var entry))
        {
            taken.Add(entry);
        }

        return taken;
    }

    public void Dispose() => _limiter.Dispose();
}
