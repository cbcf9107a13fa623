namespace Messaging.EndToEnd.Tests.Telemetry;

/// <summary>The rules of deploy/ in a real Prometheus that scrapes the real processes.</summary>
[Collection("real servers")]
public sealed class AlertTests
{
    private const string Key = "scrapes-of-the-tests-only";

    [Fact]
    public async Task A_killed_worker_is_an_alert_until_another_one_runs()
    {
        await using var system = await RealSystem.StartAsync(("Telemetry__Metrics__Key", Key), ("Outbox__QueueReportInterval", "00:00:00.5"));
        await using var prometheus = await PrometheusServer.StartAsync(Key);
        await prometheus.ScrapeAsync("api", system.Api);
        await prometheus.ScrapeAsync("worker", system.Worker);
        var ledger = new Ledger();
        await ledger.SendOneAsync(system.Api.Client, "/register?email=before@example.org");
        await ledger.AllSucceededAsync(system.Api.Client);
        await Eventually.True(async () => (await prometheus.QueryAsync("outbox_queue_workers{queue=\"user-registered\"} == 1")).Count == 1, "the worker is seen");
        await Eventually.True(async () => (await prometheus.FiringAsync()).Count == 0, "nothing is wrong");

        await system.Worker.KillAsync();
        await ledger.SendOneAsync(system.Api.Client, "/register?email=after@example.org");

        PrometheusServer.FiringAlert? noWorker = null, down = null;
        await Eventually.True(
            async () =>
            {
                var firing = await prometheus.FiringAsync();
                noWorker = firing.SingleOrDefault(alert => alert.Name == "OutboxNoWorker" && alert.Labels["queue"] == "user-registered");
                down = firing.SingleOrDefault(alert => alert.Name == "OutboxProcessDown");
                return noWorker is not null && down is not null;
            },
            "the alerts fire");
        Assert.Equal("1 message(s) wait in user-registered, and no worker consumes it", noWorker!.Annotations["summary"]);
        Assert.Equal("messaging-worker", down!.Labels["job"]);

        await prometheus.ScrapeAsync("worker", await system.StartWorker().ReadyAsync());

        await Eventually.True(async () => (await prometheus.FiringAsync()).Count == 0, "all alerts are cleared");
        await ledger.AllSucceededAsync(system.Api.Client);
    }
}
