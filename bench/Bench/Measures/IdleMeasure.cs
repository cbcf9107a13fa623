using System.Diagnostics;
using System.Globalization;
using Messaging.Bench.Contenders;
using Messaging.Bench.Results;
using Messaging.Processes;

namespace Messaging.Bench.Measures;

/// <summary>What an API and a worker take while there is nothing to do.</summary>
internal sealed class IdleMeasure : IMeasure
{
    private const string Both = "API and worker";

    // What is called the thirtieth time is compiled for good: in an idle process that goes on for nearly three minutes.
    private static readonly TimeSpan Settle = TimeSpan.FromMinutes(3), Least = TimeSpan.FromSeconds(30);

    public string Name => "idle";

    public string Description => "an API and a worker with nothing to do";

    public async Task<Table> RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        var table = new Table($"{Name}: {Description}", "% of a core", [], new Limit(Both, null, 1), new Limit(Both, "statements/s", 5));
        var system = await ProductSystem.CreateAsync(context.Servers, cancellationToken);
        await using var running = system.Running;
        ChildProcess[] processes = [await system.StartWorkerAsync(cancellationToken), await system.StartApiAsync(dispatches: true, cancellationToken)];
        await Task.Delay(Settle, cancellationToken);

        // Each statement is a line of the server's log from here on.
        await running.Database.ExecuteAsync("ALTER SYSTEM SET log_statement = 'all'");
        await running.Database.ExecuteAsync("SELECT pg_reload_conf()");
        await Task.Delay(1_000, cancellationToken);
        for (var round = 1; round <= context.Rounds; round++)
        {
            var (began, cpu, lines) = (Stopwatch.GetTimestamp(), processes.Sum(RunningSystem.ProcessorSeconds), Statements(context));
            await Task.Delay(context.Duration > Least ? context.Duration : Least, cancellationToken);
            var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            var share = (processes.Sum(RunningSystem.ProcessorSeconds) - cpu) / seconds * 100;
            var statements = (Statements(context) - lines) / seconds;
            table.Add(Both, new Sample(share, new Dictionary<string, double> { ["statements/s"] = statements, ["MiB"] = running.ResidentMebibytes().Sum() }));
            context.Say(string.Create(CultureInfo.InvariantCulture, $"{Name}, round {round}: {share:0.00} % of a core, {statements:0.0} statements/s"));
        }

        await running.Database.ExecuteAsync("ALTER SYSTEM RESET log_statement");
        await running.Database.ExecuteAsync("SELECT pg_reload_conf()");
        return table;
    }

    private static int Statements(BenchContext context)
    {
        using var log = new StreamReader(new FileStream(context.Servers.PostgresLog, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var count = 0;
        while (log.ReadLine() is { } line)
        {
            count += line.Contains("LOG:  statement:", StringComparison.Ordinal) || line.Contains("LOG:  execute ", StringComparison.Ordinal) ? 1 : 0;
        }

        return count;
    }
}
