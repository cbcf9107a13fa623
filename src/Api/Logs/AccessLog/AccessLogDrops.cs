using System.Diagnostics.Metrics;
using Messaging.Outbox;

namespace Messaging.Api.Logs.AccessLog;

/// <summary>Counts entries that were dropped from the access log: in a metric, and until an entry of the log itself reports them.</summary>
internal sealed class AccessLogDrops(IMeterFactory meters)
{
    public const string Instrument = "outbox.events.dropped";
    public const string RateLimit = "rate_limit", QueueFull = "queue_full", NotStored = "not_stored", NoRoom = "no_room";

    private readonly Counter<long> _dropped = meters.Create(OutboxTelemetry.Name).CreateCounter<long>(
        Instrument, "{event}", "Events for a reader, or entries of a log, that were dropped so that nobody waits for it."); // the library's own instrument

    private long _unreported;

    /// <summary>The number of dropped entries that the log has not reported yet.</summary>
    public long Unreported => Interlocked.Read(ref _unreported);

    public void Add(string reason, int count)
    {
        _dropped.Add(count, new KeyValuePair<string, object?>("source", "access_log"), new KeyValuePair<string, object?>("reason", reason));
        Interlocked.Add(ref _unreported, count);
    }

    /// <summary>Marks dropped entries as reported by the log.</summary>
    public void MarkReported(long count) => Interlocked.Add(ref _unreported, -count);
}
