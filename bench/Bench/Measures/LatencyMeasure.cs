using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Messaging.Bench.Contenders;
using Messaging.Bench.Load;
using Messaging.Bench.Results;
using Messaging.Bench.Servers;
using Npgsql;

namespace Messaging.Bench.Measures;

/// <summary>
/// How long it takes from a POST to the commit of its effect, through API, outbox, broker and worker: the request bears the moment in which it was
/// sent, and the database tells of the row at its commit. Beside it what the machine takes for a request and one commit: three commits follow each
/// other on the way, in API, broker and worker.
/// </summary>
internal sealed class LatencyMeasure : IMeasure
{
    private const int Accepted = 202;
    private const double Steady = 200;
    private const string Entries = "activity_log WHERE message LIKE 'sent %'"; // the others are the API's own, of its requests
    private const string AtSteady = "200 requests/s", AtHalf = "half of saturation";
    private const string Bare = "bare endpoint, its answer at 200 requests/s";

    private static readonly JsonPost Stamped = new("/log", number => $$"""{"message":"sent {{Stopwatch.GetTimestamp()}} {{number}}"}""");

    public string Name => "latency";

    public string Description => "from POST /log to the commit of its row, through outbox, broker and worker";

    public async Task<Table> RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        var table = new Table(
            $"{Name}: {Description}", "p50 ms", [], new Limit(AtSteady, null, 3), new Limit(AtSteady, "p99 ms", 12), new Limit(AtHalf, "p99 ms", 50));
        for (var round = 1; round <= context.Rounds; round++)
        {
            await MeasureProductAsync(table, context, round, cancellationToken);
            await MeasureBareAsync(table, context, round, cancellationToken);
        }

        return table;
    }

    private async Task MeasureProductAsync(Table table, BenchContext context, int round, CancellationToken cancellationToken)
    {
        var system = await ProductSystem.CreateAsync(context.Servers, cancellationToken);
        await using var running = system.Running;
        await running.Database.ExecuteAsync(
            """
            CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_notify('entries', NEW.message); RETURN NULL; END $$;
            CREATE TRIGGER tell AFTER INSERT ON activity_log FOR EACH ROW WHEN (NEW.message LIKE 'sent %') EXECUTE FUNCTION tell();
            """);
        await system.StartWorkerAsync(cancellationToken);
        await system.StartApiAsync(dispatches: true, cancellationToken);

        // The other way round: what is fully loaded first has its code compiled. What only happens where there is little to do, there and in the load
        // generator, has not: of ten seconds that followed, nearly all that took longer than the p99 came in the first.
        var most = await new HttpLoad(BenchServers.HttpPort, connections: 32, Requests.Log.Next, Accepted).ClosedAsync(RequestMeasure.WarmUp);
        await QuietAsync(running, cancellationToken);
        await new HttpLoad(BenchServers.HttpPort, connections: 64, Requests.Log.Next, Accepted).OpenAsync(RequestMeasure.WarmUp, Steady);
        await MeasureAsync(table, context, round, running, AtSteady, Steady, cancellationToken);
        await MeasureAsync(table, context, round, running, AtHalf, most.PerSecond / 2, cancellationToken);
    }

    private async Task MeasureBareAsync(Table table, BenchContext context, int round, CancellationToken cancellationToken)
    {
        await using var system = await new BareApi().StartAsync(context.Servers, cancellationToken);
        var load = new HttpLoad(BenchServers.HttpPort, connections: 64, Requests.Log.Next, Accepted);
        await load.ClosedAsync(RequestMeasure.WarmUp);
        var result = await load.OpenAsync(context.Duration, Steady);
        table.Add(Bare, SampleOf(result.Latencies, result));
        context.Say(string.Create(CultureInfo.InvariantCulture, $"{Name}, round {round}: {Bare} p50 {result.Latencies.Percentile(50):0.0} ms, p99 {result.Latencies.Percentile(99):0.0} ms"));
        if (result.Refused > 0)
        {
            table.Errors.Add($"{Bare}, round {round}: {result.Refusals}");
        }
    }

    private async Task MeasureAsync(
        Table table, BenchContext context, int round, RunningSystem system, string contender, double perSecond, CancellationToken cancellationToken)
    {
        var seen = new ConcurrentQueue<TimeSpan>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var connection = await system.Database.OpenAsync(cancellationToken);
        connection.Notification += (_, told) => seen.Enqueue(
            Stopwatch.GetElapsedTime(long.Parse(told.Payload.Split(' ')[1], CultureInfo.InvariantCulture)));
        await using (var listen = new NpgsqlCommand("LISTEN entries", connection))
        {
            await listen.ExecuteNonQueryAsync(cancellationToken);
        }

        var hearing = HearAsync(connection, stop.Token);
        var before = await system.Database.CountAsync(Entries);
        var result = await new HttpLoad(BenchServers.HttpPort, connections: 64, Stamped.Next, Accepted).OpenAsync(context.Duration, perSecond);
        await QuietAsync(system, cancellationToken);
        await Task.Delay(500, cancellationToken);
        await stop.CancelAsync();
        await hearing;

        var latencies = new Latencies();
        foreach (var time in seen)
        {
            latencies.Add(time);
        }

        table.Add(contender, SampleOf(latencies, result));
        context.Say(string.Create(CultureInfo.InvariantCulture, $"{Name}, round {round}: {contender} p50 {latencies.Percentile(50):0.0} ms, p99 {latencies.Percentile(99):0.0} ms at {result.PerSecond:#,0}/s"));
        var rows = await system.Database.CountAsync(Entries) - before;
        if (seen.Count != result.Accepted || rows != result.Accepted || result.Refused > 0)
        {
            table.Errors.Add($"{contender}, round {round}: {result.Accepted} accepted, {result.Refusals}, {rows} rows, {seen.Count} seen");
        }
    }

    private static Sample SampleOf(Latencies latencies, LoadResult result) => new(latencies.Percentile(50), new Dictionary<string, double>
    {
        ["p99 ms"] = latencies.Percentile(99),
        ["answer p50 ms"] = result.Latencies.Percentile(50),
        ["answer p99 ms"] = result.Latencies.Percentile(99),
        ["requests/s"] = result.PerSecond,
    });

    private static async Task HearAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await connection.WaitAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // All has been heard.
        }
    }

    /// <summary>Waits until all that was accepted is done.</summary>
    private static async Task QuietAsync(RunningSystem system, CancellationToken cancellationToken)
    {
        for (var end = DateTime.UtcNow.AddMinutes(2); DateTime.UtcNow < end; await Task.Delay(200, cancellationToken))
        {
            if (await system.Database.CountAsync("tasks WHERE state <> 3") == 0)
            {
                return;
            }
        }
    }
}
