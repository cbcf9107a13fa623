using MassTransit;
using Messaging.Outbox;
using Messaging.Outbox.Migrations;
using Messaging.Outbox.RabbitMq;
using Messaging.Outbox.Tests.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using RabbitMQ.Client;

namespace Messaging.EndToEnd.Tests.RabbitMq;

public sealed record Write(string Name);

/// <summary>Goes over the fast lane, whose failure is no attempt: the pipeline's execution after it is the first (docs/decisions/0022).</summary>
public sealed class WriteConsumer(IUnitOfWork unit, Pen pen) : IConsumer<Write>, IStagingConsumer
{
    public Task Consume(ConsumeContext<Write> context)
    {
        unit.Execute("INSERT INTO written (name) VALUES ($1)", context.Message.Name);
        return (pen.IsBroken && context.Message.Name == "broken") || (context.Message.Name == "flaky" && pen.Fails())
            ? throw new InvalidOperationException("The pen is broken.")
            : Task.CompletedTask;
    }
}

public sealed class Pen
{
    private int _failures = 4; // the fast lane, two attempts at once, and the first of those that were deferred

    public bool IsBroken { get; set; } = true;

    public bool Fails() => Interlocked.Decrement(ref _failures) >= 0;
}

/// <summary>What is exported over RabbitMQ and PostgreSQL: every accepted task is in it once, whatever happened to it.</summary>
public sealed class MetricTests : IAsyncDisposable
{
    private readonly string _queue = $"write-{Guid.NewGuid():N}";
    private bool _hasQueues;

    private string Tags => $"queue={_queue} type=Write";

    [Fact]
    public async Task Each_message_is_counted_once_over_the_broker()
    {
        await using var database = await CreateDatabaseAsync();
        using var host = await StartAsync(database, consumes: true, Servers.RabbitMq.Port);
        using var measured = new Measured(host.Services, gauges: true);

        for (var number = 0; number < 50; number++)
        {
            await AddAsync(host, $"{number}");
        }

        await Eventually.True(() => measured.Sum("outbox.messages.executed", $"{Tags} outcome=succeeded") == 50, "all are executed");
        await EndsBalancedAsync(measured, accepted: 50, succeeded: 50);
        Assert.Equal(50, measured.Sum("outbox.messages.enqueued", Tags));
        await measured.CountsAsync("outbox.messages.dispatched", $"queue={_queue} outcome=confirmed", 50);
        Assert.Equal(50, measured.Values("outbox.effect.duration", Tags).Count);
        Assert.Equal(50, measured.Values("outbox.queue.duration", Tags).Count);
        await Eventually.True(() => measured.Gauge("outbox.queue.depth").GetValueOrDefault($"queue={_queue}", -1) == 0, "the depth is known"); // the broker is asked after the database
        await Eventually.True(() => measured.Gauge("outbox.queue.workers").GetValueOrDefault($"queue={_queue}") == 1, "its worker has reported");
        await Eventually.True(() => measured.Gauge("outbox.broker.up").GetValueOrDefault("") == 1, "the broker answers");
        Assert.InRange(await FigureAsync(measured, "outbox.store.connections"), 1, 300);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_dead_letter_and_its_redrive_end_balanced()
    {
        await using var database = await CreateDatabaseAsync();
        using var host = await StartAsync(database, consumes: true, Servers.RabbitMq.Port);
        using var measured = new Measured(host.Services, gauges: true);
        var id = await AddAsync(host, "broken");
        await EndsBalancedAsync(measured, accepted: 1, failed: 1);
        await measured.CountsAsync("outbox.messages.dead_lettered", $"{Tags} reason=Failed", 1);

        host.Services.GetRequiredService<Pen>().IsBroken = false;
        await using (var scope = host.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<ITaskControl>().RetryAsync(id, "test");
            await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync(TestContext.Current.CancellationToken);
        }

        await EndsBalancedAsync(measured, accepted: 1, succeeded: 1);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Retries_delays_chains_cancels_and_duplicates_end_balanced()
    {
        await using var database = await CreateDatabaseAsync();
        using var host = await StartAsync(database, consumes: true, Servers.RabbitMq.Port, new RetryOptions
        {
            ImmediateRetries = 1, ImmediateDelay = TimeSpan.FromMilliseconds(10), DelayedRetries = 1, FirstDelay = TimeSpan.FromMilliseconds(100),
        });
        using var measured = new Measured(host.Services, gauges: true);

        await AddAsync(host, "flaky");
        await AddAsync(host, "late", TimeSpan.FromSeconds(1));
        var (once, never) = (await AddAsync(host, "once"), await AddAsync(host, "never", TimeSpan.FromHours(1)));
        await using (var scope = host.Services.CreateAsyncScope())
        {
            scope.ServiceProvider.GetRequiredService<IBackgroundTasks>().Add(new Write("first")).Then(new Write("second"));
            await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync(TestContext.Current.CancellationToken);
        }

        await using (var scope = host.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<ITaskControl>().CancelAsync(never, "test");
            await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync(TestContext.Current.CancellationToken);
        }

        await EndsBalancedAsync(measured, accepted: 6, succeeded: 5, cancelled: 1);
        var endpoint = await host.Services.GetRequiredService<IBus>().GetSendEndpoint(new Uri($"exchange:{_queue}"));
        await endpoint.Send(new Write("once"), context =>
        {
            context.MessageId = once;
            context.Headers.Set("Task-Id", once.ToString());
        }, TestContext.Current.CancellationToken);

        await Eventually.True(() => measured.Sum("outbox.messages.executed", $"{Tags} outcome=duplicate") == 1, "the duplicate is counted");
        await EndsBalancedAsync(measured, accepted: 6, succeeded: 5, cancelled: 1);
        Assert.Equal((2, 1), (measured.Sum("outbox.messages.retried", Tags), measured.Sum("outbox.messages.deferred", Tags)));
        Assert.Equal((6, 5), (measured.Sum("outbox.messages.enqueued", Tags), measured.Values("outbox.effect.duration", Tags).Count));
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task While_the_broker_is_down_accepted_work_is_due()
    {
        await using var database = await CreateDatabaseAsync();
        using (var cutOff = await StartAsync(database, consumes: false, port: 1))
        {
            using var seen = new Measured(cutOff.Services, gauges: true);
            await AddAsync(cutOff, "ann");

            await Eventually.True(() => seen.Gauge("outbox.messages.due").Values.Sum() == 1 && seen.Gauge("outbox.messages.due.age").Values.Max() > 0.5, "it is due");
            Assert.Equal((0, 0, 1), (seen.Gauge("outbox.broker.up")[""], await FigureAsync(seen, "outbox.tasks.balance"), await FigureAsync(seen, "outbox.tasks", "state=queued")));
            Assert.Empty(seen.Sums("outbox.messages.dispatched"));
            Assert.Equal(1, seen.Sums("outbox.messages.enqueued").Values.Sum());
            await cutOff.StopAsync(TestContext.Current.CancellationToken);
        }

        using var host = await StartAsync(database, consumes: true, Servers.RabbitMq.Port);
        using var measured = new Measured(host.Services, gauges: true);

        await EndsBalancedAsync(measured, accepted: 1, succeeded: 1);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task What_the_broker_loses_is_counted_as_lost()
    {
        await using var database = await CreateDatabaseAsync();
        using (var worker = await StartAsync(database, consumes: true, Servers.RabbitMq.Port))
        {
            using var seen = new Measured(worker.Services, gauges: true);
            await Eventually.True(() => seen.Gauge("outbox.queue.workers").GetValueOrDefault($"queue={_queue}") == 1, "the queue is known");
            await worker.StopAsync(TestContext.Current.CancellationToken); // the queue exists, and nobody consumes it
        }

        using var api = await StartAsync(database, consumes: false, Servers.RabbitMq.Port);
        using var measured = new Measured(api.Services, gauges: true);
        await AddAsync(api, "ann");
        await Eventually.True(() => measured.Gauge("outbox.queue.depth").GetValueOrDefault($"queue={_queue}") == 1, "it lies with the broker");

        await using (var connection = await new ConnectionFactory { Uri = Servers.RabbitMq }.CreateConnectionAsync(TestContext.Current.CancellationToken))
        {
            await using var channel = await connection.CreateChannelAsync(cancellationToken: TestContext.Current.CancellationToken);
            await channel.QueuePurgeAsync(_queue, TestContext.Current.CancellationToken);
        }

        await Eventually.True(() => measured.Sum("outbox.messages.lost", $"queue={_queue}") == 1, "it is counted");
        using var host = await StartAsync(database, consumes: true, Servers.RabbitMq.Port);
        await Eventually.True(() => measured.Gauge("outbox.tasks.ended").GetValueOrDefault("outcome=succeeded") == 1, "and sent again");
        Assert.Equal(0, await FigureAsync(measured, "outbox.tasks.balance"));
        await api.StopAsync(TestContext.Current.CancellationToken);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Also after a failure: a queue that stays is bound to the type's exchange, and gets the messages of all tests after this one.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_hasQueues)
        {
            return; // skipped: there are no servers
        }

        await using var connection = await new ConnectionFactory { Uri = Servers.RabbitMq }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        foreach (var name in (string[])[_queue, $"{_queue}_error", $"{_queue}_skipped"])
        {
            await channel.QueueDeleteAsync(name);
            await channel.ExchangeDeleteAsync(name);
        }
    }

    private static Task EndsBalancedAsync(Measured measured, int accepted, int succeeded = 0, int failed = 0, int cancelled = 0) => Eventually.True(
        () =>
        {
            var ended = measured.Gauge("outbox.tasks.ended");
            return measured.Gauge("outbox.tasks.balance").GetValueOrDefault("", double.NaN) == 0
                && measured.Gauge("outbox.tasks.accepted").GetValueOrDefault("") == accepted
                && ended.GetValueOrDefault("outcome=succeeded") == succeeded
                && ended.GetValueOrDefault("outcome=failed") == failed
                && ended.GetValueOrDefault("outcome=cancelled") == cancelled;
        },
        $"accepted {accepted}, succeeded {succeeded}, failed {failed}");

    /// <summary>A figure of all processes; on a busy machine it is missing for a moment, between one that is too old and the next.</summary>
    private static async Task<double> FigureAsync(Measured measured, string name, string tags = "")
    {
        var figure = double.NaN;
        await Eventually.True(() => measured.Gauge(name).TryGetValue(tags, out figure), $"{name} is known");
        return figure;
    }

    private static async Task<Guid> AddAsync(IHost host, string name, TimeSpan? delay = null)
    {
        await using var scope = host.Services.CreateAsyncScope();
        var task = scope.ServiceProvider.GetRequiredService<IBackgroundTasks>().Add(new Write(name), delay: delay);
        await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync(TestContext.Current.CancellationToken);
        return task.Id;
    }

    private static async Task<TestDatabase> CreateDatabaseAsync()
    {
        var database = await Servers.CreateDatabaseAsync();
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await source.CreateCommand("CREATE TABLE written (name text NOT NULL)").ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return database;
    }

    private async Task<IHost> StartAsync(TestDatabase database, bool consumes, int port, RetryOptions? retry = null)
    {
        _hasQueues = true;
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<Pen>();
        var broker = Servers.RabbitMq;
        builder.Services.AddMassTransit(x =>
        {
            x.DisableUsageTelemetry();
            if (consumes)
            {
                x.AddConsumer<WriteConsumer>().Endpoint(e => e.Name = _queue);
                x.AddConfigureEndpointsCallback((context, _, endpoint) => endpoint.UseOutbox(context, retry ?? new RetryOptions { ImmediateRetries = 0, DelayedRetries = 0 }));
            }

            x.AddOutbox(o => o
                .UsePostgreSql(database.ConnectionString)
                .UseRabbitMq(r => (r.Host, r.Port, r.Username, r.Password) = (broker.Host, port, broker.UserInfo.Split(':')[0], broker.UserInfo.Split(':')[1]))
                .Configure(options =>
                {
                    options.FiguresInterval = TimeSpan.FromMilliseconds(200);
                    options.LostAfter = TimeSpan.FromSeconds(2);
                    options.CommitTimeout = TimeSpan.FromSeconds(30);
                    options.QueueReportInterval = TimeSpan.FromSeconds(1);
                }));
        });
        var host = builder.Build();
        await host.Services.GetRequiredService<IDatabaseMigrator>().MigrateAsync(NullLogger.Instance, CancellationToken.None);
        await host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }
}
