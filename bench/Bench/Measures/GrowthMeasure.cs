using System.Globalization;
using Messaging.Bench.Contenders;
using Messaging.Bench.Load;
using Messaging.Bench.Results;
using Messaging.Bench.Servers;

namespace Messaging.Bench.Measures;

/// <summary>
/// What a long load leaves: memory, dead rows, the size of the outbox. Requests come at 70 % of what the system answers while it works, so that a
/// backlog is not what grows; the first quarter of the time is compared with the last.
/// </summary>
internal sealed class GrowthMeasure : IMeasure
{
    private const string First = "first quarter", Last = "last quarter";
    private const int Accepted = 202;
    private const double ShareOfSaturation = 0.7;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    public string Name => "growth";

    public string Description => "an API and a worker under load for a long time";

    public async Task<Table> RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        var table = new Table(
            $"{Name}: {Description} ({context.LongDuration:c})",
            "MiB of the API",
            [new Goal(First, Last, 0.9)],
            new Limit(Last, null, 150),
            new Limit(Last, "MiB of the worker", 150));
        await using var running = await new Product(works: true).StartAsync(context.Servers, cancellationToken);
        var load = new HttpLoad(BenchServers.HttpPort, connections: 64, Requests.Log.Next, Accepted);
        var most = await load.ClosedAsync(RequestMeasure.WarmUp);

        var samples = new List<Sample>();
        var loading = load.OpenAsync(context.LongDuration, most.PerSecond * ShareOfSaturation);
        while (!loading.IsCompleted)
        {
            await Task.WhenAny(loading, Task.Delay(Interval, cancellationToken));
            samples.Add(await LookAsync(running));
        }

        var result = await loading;
        foreach (var sample in samples.Take(samples.Count / 4))
        {
            table.Add(First, sample);
        }

        foreach (var sample in samples.Skip(samples.Count * 3 / 4))
        {
            table.Add(Last, sample);
        }

        context.Say(string.Create(CultureInfo.InvariantCulture, $"{Name}: {result.Accepted:#,0} requests, {result.PerSecond:#,0}/s, {samples.Count} looks"));
        if (result.Refused > 0)
        {
            table.Errors.Add(result.Refusals);
        }

        return table;
    }

    private static async Task<Sample> LookAsync(RunningSystem system)
    {
        var memory = system.ResidentMebibytes();
        return new Sample(memory[^1], new Dictionary<string, double>
        {
            ["MiB of the worker"] = memory[0],
            ["outbox rows"] = await system.Database.CountAsync("outbox"),
            ["outbox MiB"] = await system.Database.NumberAsync("pg_total_relation_size('outbox') / 1048576.0"),
            ["dead rows, outbox"] = await system.Database.NumberAsync("n_dead_tup FROM pg_stat_user_tables WHERE relname = 'outbox'"),
            ["dead rows a task"] = await system.Database.NumberAsync("n_dead_tup / greatest(n_live_tup, 1.0) FROM pg_stat_user_tables WHERE relname = 'tasks'"),
            ["tasks under way"] = await system.Database.CountAsync("tasks WHERE state <> 3"),
        });
    }
}
