using System.Diagnostics;
using System.Globalization;
using Messaging.Bench.Contenders;
using Messaging.Bench.Load;
using Messaging.Bench.Results;
using Messaging.Bench.Servers;
using Messaging.Processes;
using Microsoft.Data.Sqlite;

namespace Messaging.Bench.Measures;

/// <summary>The one process without servers: how soon it takes its first request, and how many a second it takes: alone, and while it does what it has accepted.</summary>
internal sealed class StandaloneMeasure : IMeasure
{
    private const string Accepting = "Standalone, accepting", Working = "Standalone, doing the work as well";
    private const int Accepted = 202, Connections = 64;

    public string Name => "standalone";

    public string Description => "POST /register to Standalone, one process over SQLite";

    public async Task<Table> RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        var table = new Table(
            $"{Name}: {Description}", "requests/s", [], new Limit(Accepting, null, 5_000, IsLeast: true), new Limit(Working, "first 202 after s", 1.5));
        for (var round = 1; round <= context.Rounds; round++)
        {
            await MeasureAsync(table, context, round, works: false, cancellationToken);
            await MeasureAsync(table, context, round, works: true, cancellationToken);
        }

        return table;
    }

    private async Task MeasureAsync(Table table, BenchContext context, int round, bool works, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(context.Servers.Folder, "standalone");
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        var began = Stopwatch.GetTimestamp();
        using var process = ChildProcess.StartProgram(
            "Standalone",
            new Dictionary<string, string>(WideLimits.Environment)
            {
                ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{BenchServers.HttpPort}",
                ["Standalone__DataFolder"] = folder,
                ["Outbox__Dispatch"] = works ? "true" : "false",
            },
            _ => { });
        using var first = new RawHttpConnection(BenchServers.HttpPort);
        while (await first.SendAsync(Requests.Register.Next()) != Accepted && Stopwatch.GetElapsedTime(began).TotalSeconds < 30)
        {
            await Task.Delay(10, cancellationToken);
        }

        var start = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var load = new HttpLoad(BenchServers.HttpPort, Connections, Requests.Register.Next, Accepted);
        var before = 1 + (await load.ClosedAsync(RequestMeasure.WarmUp)).Accepted;
        var result = await load.ClosedAsync(context.Duration);
        var contender = works ? Working : Accepting;
        table.Add(contender, new Sample(result.PerSecond, new Dictionary<string, double>
        {
            ["first 202 after s"] = start,
            ["p50 ms"] = result.Latencies.Percentile(50),
            ["p99 ms"] = result.Latencies.Percentile(99),
            ["MiB"] = RunningSystem.ResidentMebibytes(process),
        }));
        context.Say(string.Create(CultureInfo.InvariantCulture, $"{Name}, round {round}: {contender} {result.PerSecond:#,0}/s, first 202 after {start:0.00} s"));
        await process.TerminateAsync();
        if (await CountUsersAsync(folder) is var users && users < before + result.Accepted)
        {
            table.Errors.Add($"{contender}, round {round}: {before + result.Accepted} accepted, {users} stored");
        }
    }

    private static async Task<long> CountUsersAsync(string folder)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "messaging.db")}");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM users";
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
