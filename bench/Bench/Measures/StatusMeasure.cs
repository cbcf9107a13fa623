using System.Globalization;
using System.Text;
using Messaging.Bench.Contenders;
using Messaging.Bench.Load;
using Messaging.Bench.Results;
using Messaging.Bench.Servers;

namespace Messaging.Bench.Measures;

/// <summary>Whether looking up a task takes longer the more tasks there are.</summary>
internal sealed class StatusMeasure : IMeasure
{
    private const int Connections = 16, Found = 200;

    private static readonly int[] Sizes = [10_000, 10_000_000];

    public string Name => "status";

    public string Description => "GET /tasks/{id}, a random one, among so many tasks";

    public async Task<Table> RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        var table = new Table($"{Name}: {Description}", "requests/s", [new Goal(NameOf(Sizes[1]), NameOf(Sizes[0]), 1 / 1.2)]);
        foreach (var size in Sizes)
        {
            var system = await ProductSystem.CreateAsync(context.Servers, cancellationToken);
            await using var running = system.Running;
            await running.Database.ExecuteAsync(
                $"""
                INSERT INTO tasks (id, kind, queue, state, attempts, finished_at)
                SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'LogRequested', 'log-requested', 3, 1, now()
                FROM generate_series(0, {size - 1}) AS n;
                """);
            await running.Database.ExecuteAsync("VACUUM ANALYZE tasks");
            await running.Database.ExecuteAsync("CHECKPOINT");
            await system.StartApiAsync(dispatches: false, cancellationToken);
            var load = new HttpLoad(BenchServers.HttpPort, Connections, () => Get(size), Found);
            await load.ClosedAsync(RequestMeasure.WarmUp);
            for (var round = 1; round <= context.Rounds; round++)
            {
                var result = await load.ClosedAsync(context.Duration);
                table.Add(NameOf(size), new Sample(result.PerSecond, new Dictionary<string, double>
                {
                    ["p50 ms"] = result.Latencies.Percentile(50),
                    ["p99 ms"] = result.Latencies.Percentile(99),
                }));
                context.Say(string.Create(CultureInfo.InvariantCulture, $"{Name}, round {round}: {NameOf(size)} {result.PerSecond:#,0}/s, p50 {result.Latencies.Percentile(50):0.0} ms"));
                if (result.Refused > 0)
                {
                    table.Errors.Add($"{NameOf(size)}, round {round}: {result.Refusals}");
                }
            }
        }

        return table;
    }

    private static ReadOnlyMemory<byte> Get(int size) => Encoding.ASCII.GetBytes(
        $"GET /tasks/01900000-0000-7000-8000-{Random.Shared.Next(size):x12} HTTP/1.1\r\nHost: localhost\r\n\r\n");

    private static string NameOf(int size) => string.Create(CultureInfo.InvariantCulture, $"{size:#,0} tasks");
}
