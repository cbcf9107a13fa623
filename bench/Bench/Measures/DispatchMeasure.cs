using System.Globalization;
using Messaging.Bench.Contenders;
using Messaging.Bench.Load;
using Messaging.Bench.Results;
using Messaging.Bench.Servers;

namespace Messaging.Bench.Measures;

/// <summary>How fast a backlog comes to a quorum queue: from the outbox by the dispatcher, and from publishers that have no outbox.</summary>
internal sealed class DispatchMeasure : IMeasure
{
    private const string Project = "this project", Bare = "bare RabbitMQ.Client", MassTransit = "MassTransit, awaited publishes";
    private const string Queue = "log-requested", PeerQueue = "peer-published";
    private const string PeerExchange = "Messaging.Bench.Peers:WriteEntry";

    /// <summary>Messages that are staged by requests; the others are copies of their rows.</summary>
    private const int Staged = 1_000;

    /// <summary>As large as the envelope of a log entry.</summary>
    private const string BodyBytes = "700";

    private static readonly int[] Backlogs = [20_000, 200_000, 1_000_000];

    public string Name => "dispatch";

    public string Description => "messages from the outbox to a quorum queue, confirmed, for each size of the backlog";

    public async Task<Table> RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        var table = new Table(
            $"{Name}: {Description}",
            "messages/s",
            [
                .. Backlogs.Select(b => new Goal(NameOf(Project, b), NameOf(Bare, b), 0.9)),
                .. Backlogs.Skip(1).Select(b => new Goal(NameOf(Project, b), NameOf(Project, Backlogs[0]), 0.9)),
            ]);
        for (var round = 1; round <= context.Rounds; round++)
        {
            await DispatchAsync(table, context, round, cancellationToken);
            foreach (var messages in Backlogs)
            {
                context.AddRate(
                    table, Name, round, NameOf(Bare, messages), await PublishAsync(context, "bare-publisher", messages, cancellationToken, PeerQueue, BodyBytes));
            }

            context.AddRate(
                table, Name, round, NameOf(MassTransit, Backlogs[1]), await PublishAsync(context, "masstransit-publisher", Backlogs[1], cancellationToken));
        }

        return table;
    }

    /// <summary>A queue becomes slower with what is in it, whoever publishes: each size is compared with its own.</summary>
    private static string NameOf(string contender, int messages) => string.Create(CultureInfo.InvariantCulture, $"{contender}, {messages:#,0} messages");

    /// <summary>One dispatcher, each backlog in turn, after one that nobody times: a process that has a backlog has run for a while.</summary>
    private async Task DispatchAsync(Table table, BenchContext context, int round, CancellationToken cancellationToken)
    {
        var system = await ProductSystem.CreateAsync(context.Servers, cancellationToken);
        await using var running = system.Running;
        await (await system.StartWorkerAsync(cancellationToken)).TerminateAsync(); // its queues are there from now on
        var api = await system.StartApiAsync(dispatches: false, cancellationToken);
        var load = new HttpLoad(BenchServers.HttpPort, connections: 16, Requests.Log.Next, expected: 202);
        while (await running.Database.CountAsync("outbox") < Staged)
        {
            await load.ClosedAsync(TimeSpan.FromSeconds(1));
        }

        await api.TerminateAsync();
        await running.Database.ExecuteAsync($"CREATE TABLE staged AS SELECT * FROM outbox LIMIT {Staged}; TRUNCATE outbox");
        await system.StartApiAsync(dispatches: true, cancellationToken);
        await using var probe = new QueueProbe(context.Servers.RabbitMqPort);
        await DispatchAsync(running, probe, Backlogs[0], cancellationToken);
        foreach (var backlog in Backlogs)
        {
            context.AddRate(table, Name, round, NameOf(Project, backlog), await DispatchAsync(running, probe, backlog, cancellationToken));
        }
    }

    /// <summary>Lets a backlog become due at once, all of it, when it lies on disk and the database knows how large it is.</summary>
    private static async Task<double> DispatchAsync(RunningSystem running, QueueProbe probe, int backlog, CancellationToken cancellationToken)
    {
        await probe.PurgeAsync(Queue);
        var dueAt = DateTime.UtcNow.AddSeconds(10 + (backlog / 10_000));
        await running.Database.ExecuteAsync(
            $"""
            INSERT INTO outbox (due_at, message_id, destination, content_type, metadata, body, queue, priority)
                SELECT '{dueAt:O}'::timestamptz, gen_random_uuid(), destination, content_type, metadata, body, queue, priority
                FROM staged, generate_series(1, {backlog / Staged});
            """);
        await running.Database.ExecuteAsync("VACUUM ANALYZE outbox");
        await running.Database.ExecuteAsync("CHECKPOINT");
        if (DateTime.UtcNow > dueAt)
        {
            throw new InvalidOperationException($"It took too long to stage {backlog} messages.");
        }

        return await probe.RateAsync(Queue, backlog, cancellationToken);
    }

    private static async Task<double> PublishAsync(
        BenchContext context, string mode, int messages, CancellationToken cancellationToken, params string[] arguments)
    {
        await context.Servers.ResetBrokerAsync();
        await using var probe = new QueueProbe(context.Servers.RabbitMqPort);
        await probe.DeclareAsync(PeerQueue, PeerExchange);
        await using var system = await PlainTables.CreateAsync(context.Servers, "bench_publisher");
        var rate = probe.RateAsync(PeerQueue, messages, cancellationToken);
        system.StartProgram(
            "Bench.Peers", new Dictionary<string, string>(), [mode, context.Servers.BrokerUri, $"{messages}", .. arguments]);
        return await rate;
    }
}
