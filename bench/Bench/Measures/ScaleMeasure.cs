using Messaging.Bench.Contenders;
using Messaging.Bench.Load;
using Messaging.Bench.Results;
using Messaging.Bench.Servers;

namespace Messaging.Bench.Measures;

/// <summary>Whether dispatchers and workers that are more than one get in each other's way: a backlog, from the outbox to its rows.</summary>
internal sealed class ScaleMeasure : IMeasure
{
    private const string One = "one dispatcher, one worker", Several = "two dispatchers, four workers";
    private const int Messages = 80_000;

    /// <summary>Others than the first API's and the first worker's.</summary>
    private const int MorePorts = BenchServers.HttpPort + 2;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200), LongestFill = TimeSpan.FromMinutes(2);

    public string Name => "scale";

    public string Description => "a backlog from the outbox to its effect, by so many processes on the same cores";

    public async Task<Table> RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        var table = new Table($"{Name}: {Description}", "rows/s", [new Goal(Several, One, 1)]);
        for (var round = 1; round <= context.Rounds; round++)
        {
            foreach (var (contender, dispatchers, workers) in new[] { (One, 1, 1), (Several, 2, 4) })
            {
                context.AddRate(table, Name, round, contender, await WorkAsync(context, dispatchers, workers, cancellationToken));
            }
        }

        return table;
    }

    private static async Task<double> WorkAsync(BenchContext context, int dispatchers, int workers, CancellationToken cancellationToken)
    {
        var system = await ProductSystem.CreateAsync(context.Servers, cancellationToken);
        await using var running = system.Running;
        for (var i = 0; i < workers; i++)
        {
            await system.StartWorkerAsync(cancellationToken, MorePorts + dispatchers + i);
        }

        for (var i = 0; i < dispatchers; i++)
        {
            await system.StartApiAsync(dispatches: true, cancellationToken, i == 0 ? BenchServers.HttpPort : MorePorts + i);
        }

        // All of them have worked before what is timed, and have been compiled: the more there are, the longer that takes on the same cores.
        var load = new HttpLoad(BenchServers.HttpPort, connections: 64, Requests.Log.Next, expected: 202);
        var before = (await load.ClosedAsync(RequestMeasure.WarmUp * (dispatchers + workers))).Accepted;
        await Arrival.RateAsync(() => running.Database.CountAsync("activity_log"), before, Interval, cancellationToken);

        // What is requested from here on becomes due at the same moment.
        await running.Database.ExecuteAsync(
            """
            CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.due_at := NEW.due_at + interval ''1 hour''; RETURN NEW; END';
            CREATE TRIGGER hold BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION hold();
            """);
        var (began, accepted) = (DateTime.UtcNow, 0L);
        while (accepted < Messages && DateTime.UtcNow - began < LongestFill)
        {
            accepted += (await load.ClosedAsync(TimeSpan.FromSeconds(1))).Accepted;
        }

        await running.Database.ExecuteAsync("DROP TRIGGER hold ON outbox");
        await running.Database.ExecuteAsync("UPDATE outbox SET due_at = now()");
        return await Arrival.RateAsync(
            async () => await running.Database.CountAsync("activity_log") - before, accepted, Interval, cancellationToken);
    }
}
