using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Messaging.Outbox.AspNetCore.Masking;
using Messaging.Outbox.Feed;
using Messaging.Outbox.Overview;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Messaging.Outbox.AspNetCore.Overview;

/// <summary>The overview that all callers of this process share, and its charts.</summary>
internal sealed class OverviewFeed : ISharedReadings
{
    private readonly OverviewReader _reader;
    private readonly HistoryReader _history;
    private readonly ServiceIdentity _service;
    private readonly string _store;
    private readonly JsonSerializerOptions _json;
    private readonly SharedReadings<(HistoryWindow Window, string? Queue), HistoryView> _charts;

    public OverviewFeed(
        OverviewReader reader, HistoryReader history, ServiceIdentity service, ISqlDialect dialect, IOptions<JsonOptions> json, StoreClock time, IHostApplicationLifetime lifetime)
    {
        (_reader, _history, _service, _json) = (reader, history, service, json.Value.SerializerOptions);
        _store = dialect.Names.Schema is null ? "SQLite" : "PostgreSQL";
        Shared = new FollowedReading<SharedOverview>(ReadAsync, overview => overview.Version, time, lifetime.ApplicationStopping);
        _charts = new SharedReadings<(HistoryWindow Window, string? Queue), HistoryView>(ReadChartAsync, time, lifetime.ApplicationStopping);
    }

    /// <summary>The overview.</summary>
    public FollowedReading<SharedOverview> Shared { get; }

    /// <summary>A chart, a second old at most.</summary>
    public Task<HistoryView> ChartAsync(HistoryWindow window, string? queue, CancellationToken cancellationToken) =>
        _charts.Of((window, queue)).GetAsync(cancellationToken);

    public void Forget() => Shared.Forget(); // charts count what has happened: an act changes none of it

    private async Task<SharedOverview> ReadAsync(CancellationToken cancellationToken)
    {
        var view = OverviewView.Of(await _reader.ReadAsync(cancellationToken), _service, _store);
        var json = JsonSerializer.Serialize(view, _json);
        var unchanged = JsonSerializer.Serialize(view with { At = default }, _json); // the time alone is no change
        return new SharedOverview(view, json, AddressMask.Of(json), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(unchanged)))[..16]);
    }

    private async Task<HistoryView> ReadChartAsync((HistoryWindow Window, string? Queue) chart, CancellationToken cancellationToken)
    {
        var history = await _history.ReadAsync(chart.Window, chart.Queue, cancellationToken);
        return new HistoryView(chart.Window, chart.Queue, (int)history.Step.TotalSeconds, history.From, history.Points);
    }
}

/// <summary>The overview with its JSON, which is written once for all.</summary>
/// <param name="View">The overview.</param>
/// <param name="Json">It as JSON.</param>
/// <param name="Redacted">The same with redacted addresses.</param>
/// <param name="Version">The same for equal overviews, whenever they were read.</param>
internal sealed record SharedOverview(OverviewView View, string Json, string Redacted, string Version);
