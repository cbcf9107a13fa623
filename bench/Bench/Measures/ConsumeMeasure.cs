using Messaging.Bench.Contenders;
using Messaging.Bench.Results;
using Messaging.Bench.Servers;
using Messaging.Processes;

namespace Messaging.Bench.Measures;

/// <summary>How fast a full queue of log entries becomes rows: each delivery has its effect, and is acknowledged after that.</summary>
internal sealed class ConsumeMeasure : IMeasure
{
    private const string Product = "this project: LogRequested, with inbox and status of the task", Ordinary = "the same by a consumer that is looked up for, 100 at once";
    private const string MassTransit = "MassTransit, one INSERT a message, no inbox", Inbox = "MassTransit with its own inbox, one INSERT a message";
    private const string Celery = "Celery, acks_late, one INSERT a task", Hangfire = "Hangfire, one INSERT a job";

    /// <summary>
    /// A fifth is not counted, and has to be enough for the compilers: of 60,000 that was a second and a half, and in a worker's first four
    /// seconds a seventh of the machine compiles.
    /// </summary>
    private const int Messages = 150_000;

    public string Name => "consume";

    public string Description => "log entries from a full queue into their table, acknowledged after the commit";

    public async Task<Table> RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        var table = new Table($"{Name}: {Description}", "rows/s", [
            new Goal(Product, MassTransit, 2), new Goal(Product, Celery, 5), new Goal(Product, Hangfire, 5),
            new Goal(Ordinary, MassTransit, 2), new Goal(Ordinary, Celery, 5), new Goal(Ordinary, Hangfire, 5),
        ], new Limit(Product, null, 9_000, IsLeast: true));
        var peers = new PeerConsumers(context, cancellationToken);
        var contenders = new List<(string Name, string? Missing, Func<Task<(double PerSecond, double Mebibytes)>> Measure)>
        {
            (Product, null, () => ConsumeAsync(context, cancellationToken)),
            (Ordinary, null, () => ConsumeByStagingAsync(context, cancellationToken)),
            (MassTransit, null, () => peers.MassTransitAsync(Messages)),
            (Inbox, PeerConsumers.OutboxMissing, peers.MassTransitInboxAsync),
            (Hangfire, null, peers.HangfireAsync),
            (Celery, PeerConsumers.CeleryMissing, peers.CeleryAsync),
        };
        for (var round = 1; round <= context.Rounds; round++)
        {
            foreach (var (name, missing, measure) in contenders)
            {
                if (missing is not null)
                {
                    table.LeftOut[name] = missing;
                    continue;
                }

                var (perSecond, mebibytes) = await measure();
                context.AddRate(table, Name, round, name, perSecond, ("MiB", mebibytes));
            }
        }

        return table;
    }

    /// <summary>Fills the queue of log entries, and consumes them.</summary>
    private static async Task<(double PerSecond, double Mebibytes)> ConsumeAsync(BenchContext context, CancellationToken cancellationToken)
    {
        var system = await ProductSystem.CreateAsync(context.Servers, cancellationToken);
        await using var running = system.Running;
        await (await system.StartWorkerAsync(cancellationToken)).TerminateAsync(); // its queues are there from now on
        var api = await system.StartApiAsync(dispatches: true, cancellationToken);
        var accepted = await Backlog.FillAsync(Messages);
        await using var probe = new QueueProbe(context.Servers.RabbitMqPort);
        await probe.RateAsync("log-requested", accepted, cancellationToken);
        await api.TerminateAsync();
        return await Backlog.RowsAsync(system.Running, "activity_log", accepted, () => system.StartWorkerAsync(cancellationToken), cancellationToken);
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

        return await Backlog.RowsAsync(running, "log_entries", Messages, () => Task.FromResult(StartConsumer()), cancellationToken);

        ChildProcess StartConsumer() => system.StartLibrary("staging-consumer");
    }
}
