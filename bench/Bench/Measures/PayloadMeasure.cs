using Messaging.Bench.Contenders;
using Messaging.Bench.Load;
using Messaging.Bench.Results;
using Messaging.Bench.Servers;

namespace Messaging.Bench.Measures;

/// <summary>What it costs to keep the messages of tasks: POST /log with and without. Each round has the other order.</summary>
internal sealed class PayloadMeasure : IMeasure
{
    private const int Connections = 64, Accepted = 202;
    private const string Kept = "messages kept", Off = "messages not kept";

    public string Name => "payloads";

    public string Description => "POST /log, with and without the messages of tasks kept";

    public async Task<Table> RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        var table = new Table($"{Name}: {Description}", "requests/s", [new Goal(Kept, Off, 0.95)]);
        string[] contenders = [Kept, Off];
        for (var round = 1; round <= context.Rounds; round++)
        {
            foreach (var contender in round % 2 == 1 ? contenders : contenders.Reverse())
            {
                var system = await ProductSystem.CreateAsync(context.Servers, cancellationToken, [("Outbox__Payloads__Keep", contender == Kept ? "true" : "false")]);
                await using var running = system.Running;
                await system.StartApiAsync(dispatches: false, cancellationToken);
                var load = new HttpLoad(BenchServers.HttpPort, Connections, Requests.Log.Next, Accepted);
                await load.ClosedAsync(RequestMeasure.WarmUp);
                context.AddRate(table, Name, round, contender, (await load.ClosedAsync(context.Duration)).PerSecond);
            }
        }

        return table;
    }
}
