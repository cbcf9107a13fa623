using Messaging.Bench.Servers;
using Messaging.Processes;

namespace Messaging.Bench.Contenders;

/// <summary>This project with its default settings, process by process, over an empty database and an empty broker.</summary>
internal sealed class ProductSystem
{
    private const int WorkerPort = BenchServers.HttpPort + 1;
    private readonly Dictionary<string, string> _environment;

    private ProductSystem(BenchServers servers, BenchDatabase database, string virtualHost)
    {
        VirtualHost = virtualHost;
        var mail = new FakeSmtpServer();
        Running = new RunningSystem(servers, database, mail)
        {
            CountRegistrations = () => database.CountAsync("users"),
            CountEntries = () => database.CountAsync("tasks WHERE kind = 'LogRequested'"),
        };
        _environment = new ServerSettings
        {
            DatabasePort = servers.PostgresPort,
            Database = database.Name,
            BrokerPort = servers.RabbitMqPort,
            VirtualHost = virtualHost,
            MailPort = mail.Port,
            FilesFolder = Path.Combine(servers.Folder, "files"),
        }.ToEnvironment();
    }

    /// <summary>Ends all of its processes when it is disposed of.</summary>
    public RunningSystem Running { get; }

    /// <summary>Where its queues are.</summary>
    public string VirtualHost { get; }

    /// <param name="servers">The servers.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <param name="settings">Settings of all processes that are not the default ones.</param>
    public static async Task<ProductSystem> CreateAsync(
        BenchServers servers, CancellationToken cancellationToken, params IEnumerable<(string Key, string Value)> settings)
    {
        await servers.ResetBrokerAsync();
        return await MigratedAsync(new ProductSystem(servers, await servers.CreateDatabaseAsync("bench_product"), "/"), settings, cancellationToken);
    }

    /// <summary>The same beside others of its kind, on one broker, which has been reset.</summary>
    /// <param name="servers">The servers.</param>
    /// <param name="number">Another one for each.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <param name="settings">Settings of all processes that are not the default ones.</param>
    public static async Task<ProductSystem> CreateBesideAsync(
        BenchServers servers, int number, CancellationToken cancellationToken, params IEnumerable<(string Key, string Value)> settings)
    {
        var name = $"bench_product_{number}";
        await servers.AddVirtualHostAsync(name);
        return await MigratedAsync(new ProductSystem(servers, await servers.CreateDatabaseAsync(name), name), settings, cancellationToken);
    }

    private static async Task<ProductSystem> MigratedAsync(
        ProductSystem system, IEnumerable<(string Key, string Value)> settings, CancellationToken cancellationToken)
    {
        foreach (var (key, value) in settings)
        {
            system._environment[key] = value;
        }

        using var migrate = ChildProcess.StartProgram("Api", system._environment, _ => { }, "--migrate");
        await migrate.WaitAsync(cancellationToken);
        return migrate.ExitCode == 0 ? system : throw new InvalidOperationException("The schema cannot be made.");
    }

    /// <summary>Starts an API that takes requests, and dispatches what lies in the outbox or leaves it there.</summary>
    public async Task<ChildProcess> StartApiAsync(
        bool dispatches, CancellationToken cancellationToken, int port = BenchServers.HttpPort, params IEnumerable<(string Key, string Value)> settings)
    {
        var api = Running.StartProgram("Api", With(port, settings.Prepend(("Outbox__Dispatch", dispatches ? "true" : "false"))));
        await Running.ReadyAsync(port, cancellationToken);
        return api;
    }

    public async Task<ChildProcess> StartWorkerAsync(CancellationToken cancellationToken, int port = WorkerPort)
    {
        var worker = Running.StartProgram("Worker", With(port));
        await Running.ReadyAsync(port, cancellationToken);
        return worker;
    }

    /// <summary>Starts a program on this project's library, with the settings of a worker, a hundred messages at once.</summary>
    public ChildProcess StartLibrary(params string[] arguments) => Running.StartProgram(
        "Bench.Peers",
        With(WorkerPort, ("Endpoints__Default__Concurrency", "100"), ("Endpoints__Default__Prefetch", "200")),
        arguments);

    private Dictionary<string, string> With(int port, params IEnumerable<(string Key, string Value)> settings)
    {
        var environment = new Dictionary<string, string>(_environment) { ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}" };
        foreach (var (key, value) in settings)
        {
            environment[key] = value;
        }

        return environment;
    }
}
