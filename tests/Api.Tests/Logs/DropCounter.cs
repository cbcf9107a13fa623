using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Messaging.Api.Logs.AccessLog;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Api.Tests.Logs;

/// <summary>What one API counts as dropped from its access log, by reason.</summary>
internal sealed class DropCounter : IDisposable
{
    private readonly ConcurrentDictionary<string, long> _dropped = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();

    public DropCounter(IServiceProvider services)
    {
        var meters = services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == AccessLogDrops.Instrument && instrument.Meter.Scope == meters)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, count, tags, _) => _dropped.AddOrUpdate((string)tags[1].Value!, count, (_, sum) => sum + count));
        _listener.Start();
    }

    public long Total => _dropped.Values.Sum();

    public long Of(string reason) => _dropped.GetValueOrDefault(reason);

    public void Dispose() => _listener.Dispose();
}
