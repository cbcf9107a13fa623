using System.Threading.Channels;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace Messaging.Api.Logs.AccessLog;

/// <summary>
/// Where entries wait until they are handed on: bounded in number and in rate. Adding one never waits and never throws; what does
/// not fit is counted.
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

    /// <summary>Whether a request is to be logged; asked before anything is spent on its entry.</summary>
    public bool Wants()
    {
        if (_ratio < 1 && Random.Shared.NextDouble() >= _ratio)
        {
            return false; // sampled out, as was wished, and not dropped
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

    /// <summary>Waits until there is an entry, or so long.</summary>
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
            // Nothing came.
        }
    }

    /// <summary>Takes what waits, up to a limit, in the order in which it came.</summary>
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
