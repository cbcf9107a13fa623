using System.Diagnostics.Metrics;

namespace Messaging.Api.Logs.AccessLog;

/// <summary>Counts what is missing from the access log: as a metric, and until the log itself has said so.</summary>
internal sealed class AccessLogDrops(IMeterFactory meters)
{
    public const string Meter = "Messaging.Api", Instrument = "access_log.entries.dropped";
    public const string RateLimit = "rate_limit", QueueFull = "queue_full", NotStored = "not_stored", NoRoom = "no_room";

    private readonly Counter<long> _dropped = meters.Create(Meter).CreateCounter<long>(
        Instrument, "{entry}", "Entries of the access log that were dropped, so that no request is slowed down.");

    private long _untold;

    /// <summary>Entries that are missing, of which the log does not say so yet.</summary>
    public long Untold => Interlocked.Read(ref _untold);

    public void Add(string reason, int count)
    {
        _dropped.Add(count, new KeyValuePair<string, object?>("reason", reason));
        Interlocked.Add(ref _untold, count);
    }

    /// <summary>The log says of so many that they are missing.</summary>
    public void Told(long count) => Interlocked.Add(ref _untold, -count);
}
