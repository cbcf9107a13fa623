using Messaging.Bench.Contenders;
using Messaging.Bench.Servers;
using Messaging.Processes;

namespace Messaging.Bench.Measures;

/// <summary>How fast each peer's full queue becomes rows, without a status that anybody could ask for.</summary>
/// <param name="context">The measure's context.</param>
/// <param name="cancellationToken">Cancels it.</param>
internal sealed class PeerConsumers(BenchContext context, CancellationToken cancellationToken)
{
    private const string Queue = "peer-entries";
    private const string Exchange = "Messaging.Bench.Peers:WriteEntry";

    /// <summary>Fewer for what is slow. A fifth of them is not counted, and keeps Hangfire's compilers busy for some seconds; Celery has none.</summary>
    private const int CeleryMessages = 10_000, HangfireMessages = 20_000, OutboxMessages = 10_000;

    private static readonly FastApi Celery = new(celery: true);
    private static readonly MassTransitOutbox Outbox = new();

    public static string? CeleryMissing => Celery.Missing;

    public static string? OutboxMissing => Outbox.Missing;

    /// <summary>MassTransit without an inbox.</summary>
    public Task<(double PerSecond, double Mebibytes)> MassTransitAsync(int messages) => MassTransitAsync(messages, system =>
        system.StartProgram("Bench.Peers", new Dictionary<string, string>(), "masstransit-consumer", system.Servers.BrokerUri, system.Database.ConnectionString));

    /// <summary>MassTransit with its own inbox.</summary>
    public Task<(double PerSecond, double Mebibytes)> MassTransitInboxAsync() => MassTransitAsync(OutboxMessages, MassTransitOutbox.StartConsumer);

    public async Task<(double PerSecond, double Mebibytes)> CeleryAsync()
    {
        await using var system = await Celery.StartAsync(context.Servers, cancellationToken);
        var accepted = await Backlog.FillAsync(CeleryMessages);
        return await RowsAsync(system, accepted, Celery.StartWorker);
    }

    public async Task<(double PerSecond, double Mebibytes)> HangfireAsync()
    {
        await using var system = await new HangfireApi(jobs: 1).StartAsync(context.Servers, cancellationToken);
        var accepted = await Backlog.FillAsync(HangfireMessages);
        return await RowsAsync(system, accepted, HangfireApi.StartServer);
    }

    private async Task<(double PerSecond, double Mebibytes)> MassTransitAsync(int messages, Func<RunningSystem, ChildProcess> startConsumer)
    {
        await context.Servers.ResetBrokerAsync();
        await using var probe = new QueueProbe(context.Servers.RabbitMqPort);
        await probe.DeclareAsync(Queue, Exchange);
        await using var system = await PlainTables.CreateAsync(context.Servers, "bench_masstransit");
        system.StartProgram("Bench.Peers", new Dictionary<string, string>(), "masstransit-publisher", context.Servers.BrokerUri, $"{messages}");
        await probe.RateAsync(Queue, messages, cancellationToken);
        return await RowsAsync(system, messages, startConsumer);
    }

    private Task<(double PerSecond, double Mebibytes)> RowsAsync(RunningSystem system, long expected, Func<RunningSystem, ChildProcess> start) =>
        Backlog.RowsAsync(system, "log_entries", expected, () => Task.FromResult(start(system)), cancellationToken);
}
