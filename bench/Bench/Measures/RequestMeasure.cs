using System.Globalization;
using Messaging.Bench.Contenders;
using Messaging.Bench.Load;
using Messaging.Bench.Results;
using Messaging.Bench.Servers;

namespace Messaging.Bench.Measures;

/// <summary>How many requests a second are answered with 202, by as many connections as keep the machine busy.</summary>
internal sealed class RequestMeasure(
    string name, string description, JsonPost request, Func<RunningSystem, Func<Task<long>>> stored, IReadOnlyList<IHttpContender> contenders, IReadOnlyList<Goal> goals)
    : IMeasure
{
    private const int Connections = 64;
    private const int Accepted = 202;

    /// <summary>As long as it takes until the code of the slowest to get there is compiled for good: shorter ones measure compilers.</summary>
    public static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(12);

    /// <summary>What was answered before it was done may take this long to be stored.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public string Name => name;

    public string Description => description;

    public async Task<Table> RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        var table = new Table($"{name}: {description}", "requests/s", goals);
        foreach (var contender in contenders)
        {
            if (contender.Missing is { } reason)
            {
                table.LeftOut[contender.Name] = reason;
            }
        }

        for (var round = 1; round <= context.Rounds; round++)
        {
            foreach (var contender in contenders.Where(c => c.Missing is null))
            {
                await using var system = await contender.StartAsync(context.Servers, cancellationToken);
                var load = new HttpLoad(BenchServers.HttpPort, Connections, request.Next, Accepted);
                var warm = await load.ClosedAsync(contender.WarmUp);
                var result = await load.ClosedAsync(context.Duration);
                var (p50, p99) = (result.Latencies.Percentile(50), result.Latencies.Percentile(99));
                table.Add(contender.Name, new Sample(result.PerSecond, new Dictionary<string, double>
                {
                    ["p50 ms"] = p50,
                    ["p99 ms"] = p99,
                    ["MiB"] = system.ResidentMebibytes().Sum(),
                }));
                context.Say(string.Create(CultureInfo.InvariantCulture, $"{name}, round {round}: {contender.Name} {result.PerSecond:#,0}/s, p99 {p99:0.0} ms"));
                if (await CheckAsync(stored(system), warm, result) is { } error)
                {
                    table.Errors.Add($"{contender.Name}, round {round}: {error}");
                    context.Say(table.Errors[^1]);
                }
            }
        }

        return table;
    }

    private static async Task<string?> CheckAsync(Func<Task<long>> count, LoadResult warm, LoadResult result)
    {
        var accepted = warm.Accepted + result.Accepted;
        var rows = await count();
        for (var end = DateTime.UtcNow + Patience; rows != accepted && DateTime.UtcNow < end; rows = await count())
        {
            await Task.Delay(500);
        }

        return rows == accepted && warm.Refused + result.Refused == 0
            ? null
            : $"{accepted} accepted, {rows} stored, {warm.Refusals} while warming up, {result.Refusals} after that";
    }
}
