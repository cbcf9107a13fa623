using System.Diagnostics;
using Messaging.Bench.Contenders;
using Messaging.Bench.Results;
using Messaging.Bench.Servers;
using Messaging.Processes;

namespace Messaging.Bench.Measures;

/// <summary>
/// Compares settings of one worker that differ by a few per cent in the rows that it writes, as <see cref="RequestTurns"/> does for requests. Each has a database, a virtual host and a full
/// queue of its own. All workers are there at once, and are paused but for one, in turns and in both orders. The first turn of each is for its compiler, and is not counted. That compiles
/// once: otherwise each worker is faster from turn to turn, by half within ten seconds. The contender whose queue was filled last is faster by up to a tenth, so each round fills them in
/// another order, and a whole comparison has as many rounds as there are contenders, or a multiple.
/// </summary>
/// <param name="measure">The measure's name.</param>
/// <param name="contenders">The settings of each contender.</param>
internal sealed class RowTurns(string measure, IReadOnlyList<(string Contender, (string Key, string Value)[] Settings)> contenders)
{
    private const int Messages = 300_000, Turns = 6, FirstPort = BenchServers.HttpPort + 30;
    private const string Queue = "log-requested", Rows = "activity_log";

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4), Turn = TimeSpan.FromSeconds(2);

    /// <summary>Adds a sample of each contender for each turn.</summary>
    /// <param name="table">Takes the samples, and that a queue was empty before its last turn ended.</param>
    /// <param name="context">The bench.</param>
    /// <param name="round">The round, from 1.</param>
    /// <param name="filled">Called when all queues are full, and nothing but the workers is going to run.</param>
    /// <param name="cancellationToken">Cancels the round.</param>
    public async Task RunAsync(Table table, BenchContext context, int round, Action filled, CancellationToken cancellationToken)
    {
        await context.Servers.ResetBrokerAsync();
        var all = new List<Contender>();
        try
        {
            for (var i = 0; i < contenders.Count; i++)
            {
                all.Add(await FillAsync(context, (i + round) % contenders.Count, cancellationToken));
            }

            filled();
            foreach (var contender in all)
            {
                contender.Worker = await contender.System.StartWorkerAsync(cancellationToken, FirstPort + contender.Number);
                await RunForAsync(contender, WarmUp, cancellationToken);
            }

            for (var turn = 0; turn < Turns; turn++)
            {
                foreach (var contender in turn % 2 == 0 ? all : Enumerable.Reverse(all))
                {
                    await contender.Worker!.ContinueAsync();
                    var (perSecond, microseconds) = await RunForAsync(contender, Turn, cancellationToken);
                    context.AddRate(table, measure, round, contender.Name, perSecond, ("worker's CPU, µs/row", microseconds));
                }
            }

            foreach (var contender in all)
            {
                await EndAsync(table, round, contender);
            }
        }
        finally
        {
            foreach (var contender in all)
            {
                await (contender.Worker?.ContinueAsync() ?? Task.CompletedTask); // what is paused does not end
                await contender.System.Running.DisposeAsync();
            }
        }
    }

    private async Task<Contender> FillAsync(BenchContext context, int number, CancellationToken cancellationToken)
    {
        var (name, settings) = contenders[number];
        var system = await ProductSystem.CreateBesideAsync(context.Servers, number, cancellationToken, settings.Append(("DOTNET_TieredCompilation", "0")));
        await (await system.StartWorkerAsync(cancellationToken)).TerminateAsync(); // its queues are there from now on
        var takes = await system.StartApiAsync(dispatches: false, cancellationToken);
        var accepted = await Backlog.FillAsync(Messages);
        await takes.TerminateAsync();
        var dispatches = await system.StartApiAsync(dispatches: true, cancellationToken);
        await using var probe = new QueueProbe(context.Servers.RabbitMqPort, system.VirtualHost);
        await probe.RateAsync(Queue, accepted, cancellationToken);
        await dispatches.TerminateAsync();
        return new Contender(name, number, system, accepted);
    }

    /// <returns>Rows a second, and the worker's processor time for one. The worker is paused afterwards.</returns>
    private static async Task<(double PerSecond, double Microseconds)> RunForAsync(Contender contender, TimeSpan time, CancellationToken cancellationToken)
    {
        var (began, before, processor) = (Stopwatch.GetTimestamp(), contender.Rows, RunningSystem.ProcessorSeconds(contender.Worker!));
        await Task.Delay(time, cancellationToken);
        await contender.Worker!.PauseAsync();
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        contender.Rows = await contender.System.Running.Database.CountAsync(Rows);
        var rows = contender.Rows - before;
        return (rows / seconds, (RunningSystem.ProcessorSeconds(contender.Worker) - processor) * 1e6 / rows);
    }

    private static async Task EndAsync(Table table, int round, Contender contender)
    {
        if (contender.Rows >= contender.Accepted)
        {
            table.Errors.Add($"{contender.Name}, round {round}: all {contender.Accepted} rows were there before the last turn ended");
        }

        await contender.Worker!.ContinueAsync();
        await contender.Worker.TerminateAsync(); // exports what it still has
    }

    private sealed class Contender(string name, int number, ProductSystem system, long accepted)
    {
        public string Name => name;

        public int Number => number;

        public ProductSystem System => system;

        public long Accepted => accepted;

        public ChildProcess? Worker { get; set; }

        /// <summary>Rows when it was paused.</summary>
        public long Rows { get; set; }
    }
}
