using Messaging.Bench.Servers;
using Messaging.Processes;

namespace Messaging.Bench.Contenders;

/// <summary>A minimal API that enqueues Hangfire's jobs in PostgreSQL; see <c>bench/Peers</c>.</summary>
/// <param name="jobs">How many jobs a registration enqueues, each of which waits for the one before.</param>
internal sealed class HangfireApi(int jobs) : IHttpContender
{
    public string Name => jobs == 1 ? "Hangfire" : $"Hangfire, {jobs} jobs, each after the one before";

    public async Task<RunningSystem> StartAsync(BenchServers servers, CancellationToken cancellationToken)
    {
        var system = await PlainTables.CreateAsync(
            servers,
            "bench_hangfire",
            countEntries: database => database.CountAsync("hangfire.jobqueue"),
            countRegistrations: async database => Math.Min(await database.CountAsync("users"), await database.CountAsync("hangfire.job") / jobs));
        Start(system, "hangfire-api", $"{BenchServers.HttpPort}", system.Database.ConnectionString, $"{jobs}");
        await system.ReadyAsync(BenchServers.HttpPort, cancellationToken);
        return system;
    }

    /// <summary>Starts the server that runs the jobs, beside a system that was started by <see cref="StartAsync"/>.</summary>
    public static ChildProcess StartServer(RunningSystem system) => Start(system, "hangfire-server", system.Database.ConnectionString);

    private static ChildProcess Start(RunningSystem system, params string[] arguments) =>
        system.StartProgram("Bench.Peers", new Dictionary<string, string>(), arguments);
}
