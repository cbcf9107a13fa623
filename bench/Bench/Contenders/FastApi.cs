using Messaging.Bench.Servers;
using Messaging.Processes;

namespace Messaging.Bench.Contenders;

/// <summary>FastAPI under uvicorn, a process a core, with IBackgroundTasks or in front of Celery; see <c>bench/python</c>.</summary>
internal sealed class FastApi(bool celery) : IHttpContender
{
    /// <summary>Debian's, which has Debian's packages, whatever else is on the path.</summary>
    private const string Python = "/usr/bin/python3";

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "python");

    public string Name => celery ? "FastAPI + Celery" : "FastAPI BackgroundTasks";

    public string? Missing =>
        new[] { "fastapi", "uvicorn", "asyncpg", "celery", "psycopg2" }.FirstOrDefault(m => !Directory.Exists($"/usr/lib/python3/dist-packages/{m}")) is { } module
            ? $"Python's {module} is not installed; see bench/python/install"
            : null;

    /// <summary>Starts Celery's worker, a process a core, beside a system that was started by <see cref="StartAsync"/>.</summary>
    public ChildProcess StartWorker(RunningSystem system) => system.Start(
        Python,
        ["-m", "celery", "-A", "celery_tasks", "worker", "--concurrency", $"{Environment.ProcessorCount}", "--loglevel", "warning", "--without-gossip", "--without-mingle"],
        EnvironmentOf(system));

    public async Task<RunningSystem> StartAsync(BenchServers servers, CancellationToken cancellationToken)
    {
        await servers.ResetBrokerAsync();
        var system = await PlainTables.CreateAsync(servers, celery ? "bench_celery" : "bench_fastapi", celery ? _ => servers.CountMessagesAsync("celery") : null);
        system.Start(
            Python,
            ["-m", "uvicorn", celery ? "celery_app:app" : "background_app:app", "--host", "127.0.0.1", "--port", $"{BenchServers.HttpPort}", "--workers", $"{Environment.ProcessorCount}", "--no-access-log", "--log-level", "warning"],
            EnvironmentOf(system));
        await system.ReadyAsync(BenchServers.HttpPort, cancellationToken);
        return system;
    }

    private static Dictionary<string, string> EnvironmentOf(RunningSystem system) => new()
    {
        ["BENCH_DATABASE"] = system.Database.Uri,
        ["BENCH_BROKER"] = $"{system.Servers.BrokerUri}/",
        ["PYTHONPATH"] = Folder,
    };
}
