using Messaging.Bench.Servers;

namespace Messaging.Bench.Contenders;

/// <summary>A minimal API with one INSERT a request; see <c>bench/Peers</c>.</summary>
internal sealed class BareApi : IHttpContender
{
    public string Name => "bare endpoint, one INSERT";

    public async Task<RunningSystem> StartAsync(BenchServers servers, CancellationToken cancellationToken)
    {
        var system = await PlainTables.CreateAsync(servers, "bench_bare");
        system.StartProgram(
            "Bench.Peers", new Dictionary<string, string>(), "bare-api", $"{BenchServers.HttpPort}", system.Database.ConnectionString);
        await system.ReadyAsync(BenchServers.HttpPort, cancellationToken);
        return system;
    }
}
