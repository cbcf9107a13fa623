using System.Globalization;
using Messaging.Faults.Hooks;
using Messaging.Faults.Load;
using Messaging.Faults.Mail;
using Messaging.Faults.Processes;
using Messaging.Faults.Schedule;
using Messaging.Faults.Servers;
using Messaging.Faults.Verdict;
using Messaging.Faults.View;
using Messaging.Processes;
using Microsoft.Data.Sqlite;
using Spectre.Console.Cli;

namespace Messaging.Faults.Commands;

/// <summary><c>standalone</c>: one process, one file, no servers; killed in a loop, at random moments and at named points.</summary>
internal sealed class StandaloneCommand : AsyncCommand<StandaloneSettings>
{
    private static readonly int Port = SystemUnderTest.BasePort + 70;

    private static readonly string?[] Points =
    [
        null, null, null, Failpoints.AfterCommitBeforePublish, Failpoints.AfterClaimBeforePublish, Failpoints.AfterPublishBeforeDelete,
        Failpoints.AfterEffectBeforeCommit, Failpoints.AfterCommitBeforeAck,
    ];

    public override async Task<int> ExecuteAsync(CommandContext context, StandaloneSettings settings, CancellationToken cancellationToken)
    {
        var seed = settings.Seed ?? Random.Shared.Next();
        var folder = RunFolder.Make(settings.Folder, seed);
        Console.WriteLine($"Seed {seed}, {settings.Rounds} rounds, {settings.Rate} requests/s. Data and logs: {folder}");

        var progress = new LiveProgress();
        var log = new FaultLog(progress.Show);
        var data = Path.Combine(folder, "data");
        using var slot = new Slot("standalone", "Api", Port, () => AppProcess.Start("Standalone", Environment(data), Path.Combine(folder, "standalone.log")));
        var ledger = new Ledger();
        await progress.RunAsync(RunAsync(slot, ledger, log, settings, seed, data, cancellationToken), () =>
        [
            ("requests", ledger.Count.ToString(CultureInfo.InvariantCulture)),
            ("accepted", ledger.Accepted.ToString(CultureInfo.InvariantCulture)),
            ("died", Math.Max(0, slot.Starts - 1).ToString(CultureInfo.InvariantCulture)),
        ]);

        var judgement = new Judgement(await GatherAsync(ledger, log, data));
        var report = new Report(string.Create(CultureInfo.InvariantCulture, $"Fault ledger of Standalone: --seed {seed} --rounds {settings.Rounds} --rate {settings.Rate}"), judgement);
        return RunFolder.Finish(report, settings.Report ?? Path.Combine(folder, "report.md"));
    }

    private static async Task RunAsync(
        Slot slot, Ledger ledger, FaultLog log, StandaloneSettings settings, int seed, string data, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        using var load = new SteadyLoad(ledger, [slot.Address], settings.Rate);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sending = Task.CompletedTask;
        for (var round = 0; round <= settings.Rounds; round++)
        {
            slot.Start();
            if (!await slot.ReadyAsync(TimeSpan.FromMinutes(1), cancellationToken))
            {
                throw new InvalidOperationException("Standalone does not become ready; see its log.");
            }

            sending = round == 0 ? load.RunAsync(stop.Token, cancellationToken) : sending;
            if (round < settings.Rounds)
            {
                await KillAsync(slot.Process!, random, log, cancellationToken);
            }
        }

        await stop.CancelAsync();
        await sending;
        for (var (end, quiet) = (DateTime.UtcNow.AddMinutes(3), 0); quiet < 5 && DateTime.UtcNow < end; await Task.Delay(1_000, cancellationToken))
        {
            quiet = load.Open == 0 && await OpenAsync(data) == 0 ? quiet + 1 : 0;
        }
    }

    private static async Task KillAsync(AppProcess process, Random random, FaultLog log, CancellationToken cancellationToken)
    {
        var (wait, point) = (TimeSpan.FromMilliseconds(random.Next(100, 4_000)), Points[random.Next(Points.Length)]);
        await Task.Delay(wait, cancellationToken);
        log.Add(FaultKind.Begin, point is null ? "kill-standalone" : $"kill-{point}", $"after {wait.TotalMilliseconds:0} ms");
        if (point is null)
        {
            process.Kill();
        }
        else
        {
            process.Order($"die {point}");
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(5));
        try
        {
            await process.WaitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            await process.WaitAsync(cancellationToken);
        }

        log.Add(FaultKind.Crash, "standalone", process.Failpoint ?? "at a random moment");
    }

    private static Dictionary<string, string> Environment(string data) => new(WideLimits.Environment)
    {
        ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{Port}",
        ["Standalone__DataFolder"] = data,
        ["AccessLog__Enabled"] = "false",
        ["Endpoints__Default__Retry__FirstDelay"] = "00:00:00.5",
    };

    private static async Task<SqliteConnection> ConnectAsync(string data)
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(data, "messaging.db")};Pooling=false");
        await connection.OpenAsync();
        return connection;
    }

    private static async Task<long> OpenAsync(string data)
    {
        await using var connection = await ConnectAsync(data);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT (SELECT count(*) FROM tasks WHERE state NOT IN (3, 4, 7, 8)) + (SELECT count(*) FROM outbox)";
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Mails are files, of which one that is sent again replaces itself.</summary>
    private static async Task<Evidence> GatherAsync(Ledger ledger, FaultLog log, string data)
    {
        await using var connection = await ConnectAsync(data);
        return new Evidence
        {
            Requests = [.. ledger.Entries],
            Database = await Snapshot.ReadAsync(connection),
            Mails = [.. Directory.GetFiles(Path.Combine(data, "mails"), "*.eml").Select(file =>
                new SinkMail(Guid.Parse(Path.GetFileNameWithoutExtension(file)), "a file", new DateTimeOffset(File.GetLastWriteTimeUtc(file)), "250 written"))],
            Faults = [.. log.Events],
            Poison = [],
        };
    }
}
