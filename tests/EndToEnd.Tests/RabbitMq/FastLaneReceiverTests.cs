namespace Messaging.EndToEnd.Tests.RabbitMq;

/// <summary>Log entries take the fast lane, over a real channel of RabbitMQ.</summary>
public sealed class FastLaneReceiverTests
{
    [Fact]
    public async Task On_sigterm_a_worker_acknowledges_everything_that_it_has_done()
    {
        const int Entries = 3_000;
        await using var system = await RealSystem.StartAsync();
        await system.Worker.TerminateAsync();
        var ledger = new Ledger();
        await Parallel.ForAsync(0, Entries, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, _) =>
            await ledger.SendOneAsync(system.Api.Client, $"/log?message=entry{i}"));
        await Eventually.True(async () => await system.MessagesAsync("log-requested") == Entries, "all entries are in the queue");

        await system.StartWorker(("Endpoints__log-requested__StagingConcurrency", "4")).ReadyAsync(); // so that some are left
        await Eventually.True(async () => await system.CountAsync("activity_log") > 100, "some are done");
        await system.Worker.TerminateAsync();

        var done = await system.CountAsync("activity_log");
        await Eventually.True(async () => await system.MessagesAsync("log-requested") == Entries - done, "the queue has the rest, and nothing that is done");
        await system.StartWorker().ReadyAsync();
        await ledger.AllSucceededAsync(system.Api.Client);
        Assert.Equal((Entries, 0L), (await system.CountAsync("activity_log"), await system.CountAsync("dead_letters")));
    }

    [Fact]
    public async Task A_failed_commit_is_retried_by_the_policy_of_its_queue()
    {
        await using var system = await RealSystem.StartAsync(
            ("Endpoints__log-requested__Retry__FirstDelay", "00:00:00.2"), ("Endpoints__log-requested__Retry__DelayedRetries", "10")); // more than it takes to see them
        var ledger = new Ledger();
        await system.ExecuteAsync(
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not now'; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON activity_log FOR EACH ROW EXECUTE FUNCTION refuse();
            """);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => ledger.SendOneAsync(system.Api.Client, $"/log?message=entry{i}")));
        await Eventually.True(async () => await system.CountAsync("tasks WHERE attempts > 1") == 50, "all are tried again");
        await system.ExecuteAsync("DROP TRIGGER refuse ON activity_log");

        await ledger.AllSucceededAsync(system.Api.Client);
        Assert.Equal(50, await system.CountAsync("activity_log"));
        Assert.Equal(50, await system.CountAsync("tasks WHERE attempts > 1"));
    }
}
