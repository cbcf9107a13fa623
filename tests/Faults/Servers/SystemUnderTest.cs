using System.Collections.Concurrent;
using System.Globalization;
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
    private readonly IServerSet _set;
    private readonly Dictionary<LocalServers, Postgres> _databases = [];

    private SystemUnderTest(string folder, IServerSet set, FaultLog log)
    {
        _set = set;
        Broker = new Broker(set.Members);
        Smtp = new SmtpSink(MailPort);
        Logs = Directory.CreateDirectory(Path.Combine(folder, "logs")).FullName;
        Files = Directory.CreateDirectory(Path.Combine(folder, "files")).FullName;
        Supervisor = new Supervisor([.. Enumerable.Range(1, Instances).SelectMany(i => new[] { SlotOf("Api", i), SlotOf("Worker", i) })], log);
    }

    /// <summary>The thousand that all of its ports are in: 26000, or what <c>MESSAGING_FAULTS_PORTS</c> says, for a second run beside the first.</summary>
    public static int BasePort { get; } = PortsOf(System.Environment.GetEnvironmentVariable("MESSAGING_FAULTS_PORTS"));

    private static int MailPort => BasePort + 525;

    /// <summary>The servers of a run that has one of each.</summary>
    public LocalServers Servers => _set.Database;

    /// <summary>The links of such a run.</summary>
    public NetworkLinks Links => ((SingleServers)_set).Links;

    /// <summary>The servers of a run that has several.</summary>
    public Cluster Cluster => (Cluster)_set;

    public Broker Broker { get; }

    /// <summary>The database that takes writes.</summary>
    public Postgres Postgres
    {
        get
        {
            lock (_databases)
            {
                return _databases.TryGetValue(_set.Database, out var known) ? known : _databases[_set.Database] = new Postgres(_set.Database);
            }
        }
    }

    /// <summary>When each line was printed by one of the processes.</summary>
    public ConcurrentQueue<DateTimeOffset> LogLines { get; } = new();

    public SmtpSink Smtp { get; }

    public Supervisor Supervisor { get; }

    public string Logs { get; }

    private string Files { get; }

    public static async Task<SystemUnderTest> StartAsync(string folder, Func<string, IServerSet> servers, FaultLog log, CancellationToken cancellationToken)
    {
        LocalServers.EnsurePortsAreFree(BasePort);
        var system = new SystemUnderTest(folder, servers(Path.Combine(folder, "servers")), log);
        try
        {
            await system._set.StartAsync();
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
        _set.Dispose();
        Smtp.Dispose();
        Broker.Dispose();
        foreach (var database in _databases.Values)
        {
            await database.DisposeAsync();
        }

        await _set.StopAsync();
    }

    private static int PortsOf(string? value) =>
        string.IsNullOrEmpty(value) ? 26_000
        : int.TryParse(value, CultureInfo.InvariantCulture, out var port) && port is >= 2_000 and <= 31_000 && port % 1_000 == 0 ? port
        : throw new InvalidOperationException($"MESSAGING_FAULTS_PORTS is '{value}', and has to be a thousand from 2000 to 31000.");

    /// <summary>On a machine that is short of time the database may take longer than a client waits for it.</summary>
    private async Task MigrateAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < 5; attempt++)
        {
            using var migrate = AppProcess.Start("Api", Environment(isApi: true, 0), Path.Combine(Logs, "migrate.log"), LogLines, "--migrate");
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
            AppProcess.Start(program, Environment(program == "Api", port), Path.Combine(Logs, $"{name}.log"), LogLines));
    }

    private Dictionary<string, string> Environment(bool isApi, int port) => new(_set.SettingsOf(isApi, MailPort, Files).ToEnvironment())
    {
        ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}",
        ["Mail__AttemptTimeout"] = "00:00:03",
        ["Mail__BreakDuration"] = "00:00:02",

        // Every message of the fault "duplicates" is to the second user, who is to get a mail of each.
        ["RateLimits__MailsPerHour"] = "1000",
        ["RateLimits__MailsPerDay"] = "1000",
        ["AccessLog__Enabled"] = "false",
        ["Shutdown__DrainDelay"] = "00:00:01",
        ["Outbox__LostAfter"] = "00:00:10",

        // An outage of a minute is to fail no task, and a failing one is to fail within the run.
        ["Endpoints__Default__Retry__FirstDelay"] = "00:00:00.5",
        ["Endpoints__Default__Retry__MaxDelay"] = "00:00:05",
        ["Endpoints__Default__Retry__DelayedRetries"] = "15",
        ["Endpoints__Default__Retry__MaxAttempts"] = "100",
    };
}
