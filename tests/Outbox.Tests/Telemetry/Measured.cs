using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.Telemetry;

/// <summary>What the outbox of one host has measured since it listens: what an exporter would export.</summary>
public sealed class Measured : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<(string Name, string Tags, double Value)> _measurements = new();
    private readonly ConcurrentDictionary<string, Instrument> _instruments = new(StringComparer.Ordinal);

    /// <param name="services">The host's services.</param>
    /// <param name="gauges">Whether to listen to gauges as well, as an exporter does.</param>
    public Measured(IServiceProvider services, bool gauges = false)
    {
        var scope = services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == OutboxTelemetry.Name && instrument.Meter.Scope == scope)
            {
                _instruments[instrument.Name] = instrument;
                if (gauges || !instrument.IsObservable)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    public IReadOnlyCollection<Instrument> Instruments => [.. _instruments.Values];

    /// <summary>The sum of a counter with exactly these tags, such as <c>queue=greet type=Greet</c>.</summary>
    public double Sum(string name, string tags) => _measurements.Where(m => m.Name == name && m.Tags == tags).Sum(m => m.Value);

    /// <summary>Waits until a counter with these tags has this sum: whoever counts does it after what it counts.</summary>
    public async Task CountsAsync(string name, string tags, double sum)
    {
        await Eventually.True(() => Sum(name, tags) >= sum, $"{name} {tags} is {sum}");
        Assert.Equal(sum, Sum(name, tags));
    }

    /// <summary>All of a counter, or the number of measurements of a histogram.</summary>
    public IReadOnlyDictionary<string, double> Sums(string name) =>
        _measurements.Where(m => m.Name == name).GroupBy(m => m.Tags).ToDictionary(g => g.Key, g => g.Sum(m => m.Value));

    public IReadOnlyList<double> Values(string name, string tags) => [.. _measurements.Where(m => m.Name == name && m.Tags == tags).Select(m => m.Value)];

    /// <summary>The current values of a gauge, by tags.</summary>
    public IReadOnlyDictionary<string, double> Gauge(string name)
    {
        var before = _measurements.Count;
        _listener.RecordObservableInstruments();
        return _measurements.Skip(before).Where(m => m.Name == name).GroupBy(m => m.Tags).ToDictionary(g => g.Key, g => g.Last().Value);
    }

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _measurements.Enqueue((instrument.Name, string.Join(' ', tags.ToArray().Select(t => $"{t.Key}={t.Value}")), value));
}
