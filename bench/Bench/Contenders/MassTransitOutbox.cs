using Messaging.Bench.Servers;
using Messaging.Processes;

namespace Messaging.Bench.Contenders;

/// <summary>A minimal API over MassTransit's own outbox, by Entity Framework Core; see <c>bench/MassTransitOutbox</c>.</summary>
internal sealed class MassTransitOutbox : IHttpContender
{
    /// <summary>Where its project puts it, since it is not built with this one.</summary>
    private static readonly string Program = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "../../../../MassTransitOutbox/bin/Release/net10.0/Messaging.Bench.MassTransitOutbox.dll"));

    public string Name => "MassTransit's own outbox";

    public string? Missing => File.Exists(Program)
        ? null
        : "it has not been built (dotnet build -c Release bench/MassTransitOutbox, where MassTransit.EntityFrameworkCore can be had)";

    public async Task<RunningSystem> StartAsync(BenchServers servers, CancellationToken cancellationToken)
    {
        await servers.ResetBrokerAsync();
        var system = await PlainTables.CreateAsync(
            servers,
            "bench_masstransit_outbox",
            countEntries: database => database.CountAsync("\"OutboxMessage\""),
            countRegistrations: async database => Math.Min(await database.CountAsync("users"), await database.CountAsync("\"OutboxMessage\"")));
        Start(system, "api", $"{BenchServers.HttpPort}", servers.BrokerUri, system.Database.ConnectionString);
        await system.ReadyAsync(BenchServers.HttpPort, cancellationToken);
        return system;
    }

    /// <summary>Starts a consumer with MassTransit's inbox.</summary>
    public static ChildProcess StartConsumer(RunningSystem system) => Start(system, "consumer", system.Servers.BrokerUri, system.Database.ConnectionString);

    private static ChildProcess Start(RunningSystem system, params string[] arguments) =>
        system.Start("dotnet", [Program, .. arguments], new Dictionary<string, string>());
}
