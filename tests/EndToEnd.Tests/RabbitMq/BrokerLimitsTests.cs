using MassTransit;
using Messaging.Outbox;
using Messaging.Outbox.Migrations;
using Messaging.Outbox.RabbitMq;
using Messaging.Outbox.Rows;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Messaging.EndToEnd.Tests.RabbitMq;

/// <summary>Messages that the broker does not take: sent, they would close the connection of all others, again and again.</summary>
public sealed class BrokerLimitsTests : IAsyncLifetime
{
    private const int OfBroker = 16 * 1_024 * 1_024, OfFrame = 128 * 1_024, OfWorker = 64 * 1_024 * 1_024; // .ci/servers

    private readonly TemporaryFolder _folder = new();
    private readonly RabbitMqPublisher _publisher = new(Options.Create(OptionsOf(Servers.RabbitMq)));

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _publisher.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_broker_s_own_limit_of_a_message_is_found()
    {
        Assert.Null(await RefusalAsync(body: OfBroker));
        Assert.Contains($"It has {OfBroker + 1} bytes. The broker takes {OfBroker} (max_message_size", await RefusalAsync(body: OfBroker + 1), StringComparison.Ordinal);
        Assert.Null(await RefusalAsync(body: OfBroker - 1));
    }

    [Fact]
    public async Task What_no_worker_can_receive_is_refused() =>
        Assert.Contains($"A worker can receive {OfWorker}", await RefusalAsync(body: OfWorker + 1), StringComparison.Ordinal);

    [Theory]
    [InlineData(OfFrame / 2, true)]
    [InlineData(OfFrame, false)]
    public async Task Headers_have_to_fit_into_a_frame(int bytes, bool fit)
    {
        var refusal = await RefusalAsync(header: new string('h', bytes));

        Assert.Equal(fit, refusal is null);
        Assert.True(fit || refusal!.Contains("frame_max", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_broker_nothing_is_refused()
    {
        var nowhere = OptionsOf(Servers.RabbitMq);
        nowhere.Port = 1;
        await using var publisher = new RabbitMqPublisher(Options.Create(nowhere));

        Assert.Null(await publisher.RefusalOfAsync(Row(OfBroker + 1, ""), () => new Dictionary<string, object>(), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_message_that_the_broker_does_not_take_disturbs_no_other()
    {
        using var host = Build();
        await host.Services.GetRequiredService<IDatabaseMigrator>().MigrateAsync(NullLogger.Instance, TestContext.Current.CancellationToken);
        await host.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal(TaskState.Succeeded, (await EndedAsync(host, await PublishAsync(host, "first"))).State);

        var large = await PublishAsync(host, new string('b', OfBroker));
        var headers = await PublishAsync(host, "headers", new string('h', OfFrame));
        var small = await PublishAsync(host, "small");

        Assert.Equal(TaskState.Succeeded, (await EndedAsync(host, small)).State);
        Assert.Contains("max_message_size", await ErrorAsync(host, large), StringComparison.Ordinal);
        Assert.Contains("frame_max", await ErrorAsync(host, headers), StringComparison.Ordinal);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<Guid> PublishAsync(IHost host, string data, string? header = null)
    {
        await using var scope = host.Services.CreateAsyncScope();
        var id = NewId.NextSequentialGuid();
        await scope.ServiceProvider.GetRequiredService<IPublishEndpoint>().Publish(new Sized(data), context =>
        {
            context.MessageId = id;
            context.Headers.Set("Note", header);
        });
        await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync(TestContext.Current.CancellationToken);
        return id;
    }

    private static async Task<TaskRecord> EndedAsync(IHost host, Guid id)
    {
        TaskRecord? task = null;
        await Eventually.True(async () => (task = await FindAsync(host, id)) is { FinishedAt: not null }, "the task has ended");
        return task!;
    }

    private static async Task<string> ErrorAsync(IHost host, Guid id)
    {
        string? error = null;
        await Eventually.True(async () => (error = (await FindAsync(host, id))?.LastError) is not null, "its task says why");
        return error!;
    }

    private static Task<TaskRecord?> FindAsync(IHost host, Guid id) =>
        host.Services.GetRequiredService<ITaskStore>().FindAsync(id, TestContext.Current.CancellationToken);

    private IHost Build()
    {
        var broker = OptionsOf(Servers.RabbitMq);
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddMassTransit(x =>
        {
            x.AddConsumer<SizedConsumer>();
            x.AddOutbox(o => o.UseSqlite(Path.Combine(_folder.Path, "a.db")).Configure(options => options.CommitTimeout = TimeSpan.FromSeconds(30)).UseRabbitMq(r =>
            {
                r.Host = $"{broker.Host}:{broker.Port}";
                (r.Username, r.Password) = (broker.Username, broker.Password);
            }));
            x.AddConfigureEndpointsCallback((context, _, endpoint) => endpoint.UseOutbox(context, new RetryOptions()));
        });
        return builder.Build();
    }

    private ValueTask<string?> RefusalAsync(int body = 2, string header = "") => _publisher.RefusalOfAsync(
        Row(body, header), () => new Dictionary<string, object> { ["Note"] = header }, TestContext.Current.CancellationToken);

    private static OutboxMessage Row(int body, string header) => new()
    {
        Id = 1,
        MessageId = Guid.CreateVersion7(),
        Attempts = 0,
        Destination = "queue:sized",
        ContentType = "application/json",
        Metadata = header,
        Body = new byte[body],
    };

    private static RabbitMqOptions OptionsOf(Uri broker) => new()
    {
        Host = broker.Host,
        Port = broker.Port,
        Username = broker.UserInfo.Split(':')[0],
        Password = broker.UserInfo.Split(':')[1],
    };

    internal sealed record Sized(string Data);

    internal sealed class SizedConsumer : IConsumer<Sized>
    {
        public Task Consume(ConsumeContext<Sized> context) => Task.CompletedTask;
    }
}
