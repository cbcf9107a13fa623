namespace Messaging.EndToEnd.Tests.Telemetry;

/// <summary>The rules of deploy/ in a real Prometheus that scrapes the real processes.</summary>
public sealed class AlertTests
{
    private const string Key = "scrapes-of-the-tests-only";

    [Fact]
    public async Task A_killed_worker_is_an_alert_until_another_one_runs()
    {
        await using var system = await RealSystem.StartAsync(("Telemetry__Metrics__Key", Key), ("Outbox__QueueReportInterval", "00:00:00.5"), ("Outbox__FiguresInterval", "00:00:01"));
        await using var prometheus = await PrometheusServer.StartAsync(Key);
        await prometheus.ScrapeAsync("api", system.Api);
        await prometheus.ScrapeAsync("worker", system.Worker);
        var ledger = new Ledger();
        await ledger.SendOneAsync(system.Api.Client, "/log?message=before");
        await ledger.AllSucceededAsync(system.Api.Client);
        await Eventually.True(async () => (await prometheus.QueryAsync("outbox_queue_workers{queue=\"log-requested\"} == 1")).Count == 1, "the worker is seen");
        await Eventually.True(async () => (await prometheus.FiringAsync()).Count == 0, "nothing is wrong");

        await system.Worker.KillAsync();
        await ledger.SendOneAsync(system.Api.Client, "/log?message=after");

        IReadOnlyList<PrometheusServer.FiringAlert> firing = [];
        PrometheusServer.FiringAlert? noWorker = null, down = null;
        await Eventually.True(
            async () =>
            {
                firing = await prometheus.FiringAsync();
                noWorker = firing.SingleOrDefault(alert => alert.Name == "OutboxNoWorker" && alert.Labels["queue"] == "log-requested");
                down = firing.SingleOrDefault(alert => alert.Name == "OutboxProcessDown" && alert.Labels["job"] == "messaging-worker"); // a busy API may not answer a scrape in time
                return noWorker is not null && down is not null;
            },
            () => $"both alerts fire, and not only {string.Join("; ", firing)}");
        Assert.Equal("1 message(s) wait in log-requested, and no worker consumes it", noWorker!.Annotations["summary"]);
        Assert.NotNull(down);

        await prometheus.ScrapeAsync("worker", await system.StartWorker().ReadyAsync());

        await Eventually.True(async () => (await prometheus.FiringAsync()).Count == 0, "all alerts are cleared");
        await ledger.AllSucceededAsync(system.Api.Client);
    }
}
