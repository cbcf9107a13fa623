using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Messaging.Outbox;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Api.Tests.Docs;

/// <summary>The page of metrics has every instrument that a process has, and no other, with its unit.</summary>
public sealed partial class MetricsPageTests(SharedApi shared) : IClassFixture<SharedApi>
{
    [Fact]
    public void The_page_has_every_instrument_with_its_unit_and_no_other()
    {
        var listed = Row().Matches(Page.Read("docs/operating/metrics.md").Text).Select(row => $"{row.Groups["name"].Value} {row.Groups["unit"].Value}");

        Assert.Equal(Instruments().Select(i => $"{i.Name} {i.Unit}").Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_instrument_has_a_description_and_histograms_have_buckets()
    {
        Assert.All(Instruments(), instrument => Assert.False(string.IsNullOrEmpty(instrument.Description)));
        Assert.All(Instruments().OfType<Histogram<double>>(), histogram => Assert.NotEmpty(histogram.Advice!.HistogramBucketBoundaries!));
    }

    private List<Instrument> Instruments()
    {
        var meters = shared.Api.Services.GetRequiredService<IMeterFactory>();
        var instruments = new List<Instrument>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == OutboxTelemetry.Name && instrument.Meter.Scope == meters)
            {
                instruments.Add(instrument);
            }
        };
        listener.Start();
        return instruments;
    }

    [GeneratedRegex(@"^\| `(?<name>outbox\.[a-z_.]+)` \| (?<unit>[^ |]+) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Row();
}
