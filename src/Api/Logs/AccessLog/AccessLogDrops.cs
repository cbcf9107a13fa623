using System.Diagnostics.Metrics;

namespace Messaging.Api.Logs.AccessLog;

/// <summary>Counts entries that were dropped from the access log: in a metric, and until an entry of the log itself reports them.</summary>
internal sealed class AccessLogDrops(IMeterFactory meters)
{
    public const string Meter = "Messaging.Api", Instrument = "access_log.entries.dropped";
    public const string RateLimit = "rate_limit", QueueFull = "queue_full", NotStored = "not_stored", NoRoom = "no_room";

    private readonly Counter<long> _dropped = meters.Create(Meter).CreateCounter<long>(
        Instrument, "{entry}", "Entries of the access log that were dropped, so that requests are not slowed down.");

    private long _unreported;

    /// <summary>The number of dropped entries that the log has not reported yet.</summary>
    public long Unreported => Interlocked.Read(ref _unreported);

    public void Add(string reason, int count)
    {
        _dropped.Add(count, new KeyValuePair<string, object?>("reason", reason));
        Interlocked.Add(ref _unreported, count);
    }

    /// <summary>Marks dropped entries as reported by the log.</summary>
    public void MarkReported(long count) => Interlocked.Add(ref _unreported, -count);
}
