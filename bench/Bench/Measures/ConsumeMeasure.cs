using Messaging.Bench.Contenders;
using Messaging.Bench.Load;
using Messaging.Bench.Results;
using Messaging.Bench.Servers;
using Messaging.Processes;

namespace Messaging.Bench.Measures;

/// <summary>How fast a full queue of log entries becomes rows: each delivery has its effect, and is acknowledged after that.</summary>
internal sealed class ConsumeMeasure : IMeasure
{
    private const string Product = "this project: LogRequested, with inbox and status of the task", Ordinary = "the same by a consumer that is looked up for, 100 at once", MassTransit = "MassTransit, one INSERT a message, no inbox", Celery = "Celery, acks_late, one INSERT a task";
    private const string PeerQueue = "peer-entries";
    private const string PeerExchange = "Messaging.Bench.Peers:WriteEntry";

    /// <summary>
    /// A fifth is not counted, and has to be enough for the compilers: of 60,000 that was a second and a half, and in a worker's first four
    /// seconds a seventh of the machine compiles. Celery has nothing to compile.
    /// </summary>
    private const int Messages = 150_000, CeleryMessages = 10_000;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private readonly FastApi _celery = new(celery: true);

    public string Name => "consume";

    public string Description => "log entries from a full queue into their table, acknowledged after the commit";

    public async Task<Table> RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        var table = new Table($"{Name}: {Description}", "rows/s", [
            new Goal(Product, MassTransit, 2), new Goal(Product, Celery, 5), new Goal(Ordinary, MassTransit, 2), new Goal(Ordinary, Celery, 5),
        ], new Limit(Product, null, 9_000, IsLeast: true));
        if (_celery.Missing is { } reason)
        {
            table.LeftOut[Celery] = reason;
        }

        for (var round = 1; round <= context.Rounds; round++)
        {
            await MeasureAsync(table, context, round, Product, () => ConsumeAsync(context, cancellationToken));
            await MeasureAsync(table, context, round, Ordinary, () => ConsumeByStagingAsync(context, cancellationToken));
            await MeasureAsync(table, context, round, MassTransit, () => ConsumeByMassTransitAsync(context, cancellationToken));
            if (_celery.Missing is null)
            {
                await MeasureAsync(table, context, round, Celery, () => ConsumeByCeleryAsync(context, cancellationToken));
            }
        }

        return table;
    }

    private async Task MeasureAsync(Table table, BenchContext context, int round, string contender, Func<Task<(double PerSecond, double Mebibytes)>> measure)
    {
        var (perSecond, mebibytes) = await measure();
        context.AddRate(table, Name, round, contender, perSecond, ("MiB", mebibytes));
    }

    private static async Task<(double PerSecond, double Mebibytes)> ConsumeAsync(BenchContext context, CancellationToken cancellationToken)
    {
        var system = await ProductSystem.CreateAsync(context.Servers, cancellationToken);
        await using var running = system.Running;
        return await ConsumeAsync(context, system, Messages, () => { }, cancellationToken);
    }

    /// <summary>Fills the queue of log entries, and consumes them.</summary>
    /// <param name="context">The measure's context.</param>
    /// <param name="system">The system, of which no process has been started.</param>
    /// <param name="messages">At least so many.</param>
    /// <param name="filled">Called when the queue is full and nothing but the worker is going to run.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public static async Task<(double PerSecond, double Mebibytes)> ConsumeAsync(
        BenchContext context, ProductSystem system, int messages, Action filled, CancellationToken cancellationToken)
    {
        await (await system.StartWorkerAsync(cancellationToken)).TerminateAsync(); // its queues are there from now on
        var api = await system.StartApiAsync(dispatches: true, cancellationToken);
        var accepted = await FillAsync(messages);
        await using var probe = new QueueProbe(context.Servers.RabbitMqPort);
        await probe.RateAsync("log-requested", accepted, cancellationToken);
        await api.TerminateAsync();
        filled();
        return await RowsAsync(system.Running, "activity_log", accepted, () => system.StartWorkerAsync(cancellationToken), cancellationToken);
    }

    private static async Task<(double PerSecond, double Mebibytes)> ConsumeByStagingAsync(BenchContext context, CancellationToken cancellationToken)
    {
        var system = await ProductSystem.CreateAsync(context.Servers, cancellationToken);
        await using var running = system.Running;
        await running.Database.ExecuteAsync(PlainTables.LogEntries);
        await using var probe = new QueueProbe(context.Servers.RabbitMqPort);
        var first = StartConsumer();
        await probe.WaitForAsync("stage-entry", cancellationToken); // its queue is there from now on
        await first.TerminateAsync();
        await system.StartLibrary("staging-producer", $"{Messages}").WaitAsync(cancellationToken);

        return await RowsAsync(running, "log_entries", Messages, () => Task.FromResult(StartConsumer()), cancellationToken);

        ChildProcess StartConsumer() => system.StartLibrary("staging-consumer");
    }

    private static async Task<(double PerSecond, double Mebibytes)> ConsumeByMassTransitAsync(BenchContext context, CancellationToken cancellationToken)
    {
        await context.Servers.ResetBrokerAsync();
        await using var probe = new QueueProbe(context.Servers.RabbitMqPort);
        await probe.DeclareAsync(PeerQueue, PeerExchange);
        await using var system = await PlainTables.CreateAsync(context.Servers, "bench_masstransit");
        system.StartProgram("Bench.Peers", new Dictionary<string, string>(), "masstransit-publisher", context.Servers.BrokerUri, $"{Messages}");
        await probe.RateAsync(PeerQueue, Messages, cancellationToken);
        return await RowsAsync(
            system,
            "log_entries",
            Messages,
            () => Task.FromResult(system.StartProgram(
                "Bench.Peers", new Dictionary<string, string>(), "masstransit-consumer", context.Servers.BrokerUri, system.Database.ConnectionString)),
            cancellationToken);
    }

    private async Task<(double PerSecond, double Mebibytes)> ConsumeByCeleryAsync(BenchContext context, CancellationToken cancellationToken)
    {
        await using var system = await _celery.StartAsync(context.Servers, cancellationToken);
        var accepted = await FillAsync(CeleryMessages);
        return await RowsAsync(system, "log_entries", accepted, () => Task.FromResult(_celery.StartWorker(system)), cancellationToken);
    }

    /// <summary>Requests at least so many log entries.</summary>
    /// <returns>How many were accepted.</returns>
    public static async Task<long> FillAsync(long messages)
    {
        var load = new HttpLoad(BenchServers.HttpPort, connections: 64, Requests.Log.Next, expected: 202);
        var accepted = 0L;
        while (accepted < messages)
        {
            accepted += (await load.ClosedAsync(TimeSpan.FromSeconds(1))).Accepted;
        }

        return accepted;
    }

    /// <summary>Starts what consumes, and counts, after the first fifth, to the last row.</summary>
    private static async Task<(double PerSecond, double Mebibytes)> RowsAsync(
        RunningSystem system, string table, long expected, Func<Task<ChildProcess>> start, CancellationToken cancellationToken)
    {
        var mebibytes = 0.0;
        var starting = start();
        var rate = await Arrival.RateAsync(CountAsync, expected, Interval, cancellationToken);
        await starting;
        return (rate, mebibytes);

        Task<long> CountAsync()
        {
            mebibytes = starting.IsCompletedSuccessfully ? Math.Max(mebibytes, system.ResidentMebibytes().DefaultIfEmpty().Max()) : mebibytes;
            return system.Database.CountAsync(table);
        }
    }
}
