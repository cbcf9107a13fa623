using Messaging.Bench.Contenders;
using Messaging.Bench.Load;
using Messaging.Bench.Results;
using Messaging.Bench.Servers;

namespace Messaging.Bench.Measures;

/// <summary>
/// Compares settings of one API that differ by a few per cent in POST /log. All of them run at once on one database, and a short load goes to each in turns, in both orders:
/// a machine that is slower for a minute is slower for all. A compiler that follows the load makes one process a few per cent slower than the next with the same settings, so it is told not
/// to. Each round has new processes, and starts them in another order, since the first one reads the figures of all.
/// </summary>
/// <param name="measure">The measure's name.</param>
/// <param name="contenders">The settings of each contender.</param>
internal sealed class RequestTurns(string measure, IReadOnlyList<(string Contender, (string Key, string Value)[] Settings)> contenders)
{
    private const int Connections = 64, Accepted = 202, Turns = 6, FirstPort = BenchServers.HttpPort + 20;

    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(4);

    /// <summary>Adds a sample of each contender for each turn.</summary>
    /// <param name="table">Takes the samples.</param>
    /// <param name="context">The bench.</param>
    /// <param name="round">The round, from 1.</param>
    /// <param name="cancellationToken">Cancels the round.</param>
    public async Task RunAsync(Table table, BenchContext context, int round, CancellationToken cancellationToken)
    {
        var system = await ProductSystem.CreateAsync(context.Servers, cancellationToken);
        await using var running = system.Running;
        var loads = new List<(string Contender, HttpLoad Load)>();
        for (var i = 0; i < contenders.Count; i++)
        {
            var (contender, settings) = contenders[(i + round) % contenders.Count];
            await system.StartApiAsync(dispatches: false, cancellationToken, FirstPort + i, settings.Append(("DOTNET_TieredPGO", "0")));
            var load = new HttpLoad(FirstPort + i, Connections, Requests.Log.Next, Accepted);
            await load.ClosedAsync(RequestMeasure.WarmUp);
            loads.Add((contender, load));
        }

        for (var turn = 0; turn < Turns; turn++)
        {
            foreach (var (contender, load) in turn % 2 == 0 ? loads : Enumerable.Reverse(loads))
            {
                context.AddRate(table, measure, round, contender, (await load.ClosedAsync(Turn)).PerSecond);
            }
        }
    }
}
