using Messaging.Faults.Links;
using Messaging.Faults.Mail;
using Messaging.Faults.Processes;
using Messaging.Faults.Schedule;
using Messaging.Processes;

namespace Messaging.Faults.Servers;

/// <summary>Everything that a run is about: two APIs and two workers, their servers, the links between them, and the mail server.</summary>
internal sealed class SystemUnderTest : IAsyncDisposable
{
    private const int Instances = 2;
    private const string DiskSize = "768m";

    /// <summary>The thousand that all of its ports are in.</summary>
    public const int BasePort = 26_000;

    private const int MailPort = BasePort + 525;

    private SystemUnderTest(string folder, FaultLog log)
    {
        Servers = new LocalServers(Path.Combine(folder, "servers"), BasePort, DiskSize);
        Broker = new Broker(Servers);
        Postgres = new Postgres(Servers.PostgresPort);
        Links = new NetworkLinks(BasePort, Servers.PostgresPort, Servers.RabbitMqPort);
        Smtp = new SmtpSink(MailPort);
        Logs = Directory.CreateDirectory(Path.Combine(folder, "logs")).FullName;
        Files = Directory.CreateDirectory(Path.Combine(folder, "files")).FullName;
        Supervisor = new Supervisor([.. Enumerable.Range(1, Instances).SelectMany(i => new[] { SlotOf("Api", i), SlotOf("Worker", i) })], log);
    }

    public LocalServers Servers { get; }

    public Broker Broker { get; }

    public Postgres Postgres { get; }

    public NetworkLinks Links { get; }

    public SmtpSink Smtp { get; }

    public Supervisor Supervisor { get; }

    public string Logs { get; }

    private string Files { get; }

    public static async Task<SystemUnderTest> StartAsync(string folder, FaultLog log, CancellationToken cancellationToken)
    {
        LocalServers.EnsurePortsAreFree(BasePort);
        var system = new SystemUnderTest(folder, log);
        try
        {
            await system.Servers.StartAsync();
            await system.MigrateAsync(cancellationToken);
            await system.Supervisor.StartAsync(cancellationToken);
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Supervisor.Dispose();
        Links.Dispose();
        Smtp.Dispose();
        Broker.Dispose();
        await Postgres.DisposeAsync();
        await Servers.StopAsync();
    }

    /// <summary>On a machine that is short of time the database may take longer than a client waits for it.</summary>
    private async Task MigrateAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < 5; attempt++)
        {
            using var migrate = AppProcess.Start("Api", Environment(isApi: true, 0), Path.Combine(Logs, "migrate.log"), "--migrate");
            await migrate.WaitAsync(cancellationToken);
            if (migrate.ExitCode == 0)
            {
                return;
            }
        }

        throw new InvalidOperationException($"The schema cannot be made; see {Logs}/migrate.log.");
    }

    private Slot SlotOf(string program, int number)
    {
        var (name, port) = ($"{program.ToLowerInvariant()}-{number}", BasePort + (program == "Api" ? 80 : 90) + number);
        return new Slot(name, program, port, () =>
            AppProcess.Start(program, Environment(program == "Api", port), Path.Combine(Logs, $"{name}.log")));
    }

    private Dictionary<string, string> Environment(bool isApi, int port) => new(new ServerSettings
    {
        DatabasePort = (isApi ? Links.ApiDatabase : Links.WorkerDatabase).Port,
        BrokerPort = (isApi ? Links.ApiBroker : Links.WorkerBroker).Port,
        MailPort = MailPort,
        FilesFolder = Files,
    }.ToEnvironment())
    {
        ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}",
        ["Mail__AttemptTimeout"] = "00:00:03",
        ["Mail__BreakDuration"] = "00:00:02",
        ["AccessLog__Enabled"] = "false",
        ["Outbox__LostAfter"] = "00:00:10",

        // An outage of a minute is to fail no task, and a failing one is to fail within the run.
        ["Endpoints__Default__Retry__FirstDelay"] = "00:00:00.5",
        ["Endpoints__Default__Retry__MaxDelay"] = "00:00:05",
        ["Endpoints__Default__Retry__DelayedRetries"] = "15",
        ["Endpoints__Default__Retry__MaxAttempts"] = "100",
    };
}
