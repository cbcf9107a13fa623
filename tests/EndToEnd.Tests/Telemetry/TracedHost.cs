using MassTransit;
using Messaging.Outbox;
using Messaging.Outbox.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using RabbitMQ.Client;

namespace Messaging.EndToEnd.Tests.Telemetry;

public sealed record Walk(string Name);

public sealed record Jot(string Name);

/// <summary>What the consumers do.</summary>
public sealed class Steps
{
    public Func<ConsumeContext<Walk>, Task> Walk { get; set; } = _ => Task.CompletedTask;

    /// <summary>The type of the context in which <see cref="Telemetry.Jot"/> was consumed last.</summary>
    public string? JotContext { get; set; }
}

public sealed class WalkConsumer(Steps steps) : IConsumer<Walk>
{
    public Task Consume(ConsumeContext<Walk> context) => steps.Walk(context);
}

public sealed class JotConsumer(Steps steps, IUnitOfWork unit) : IConsumer<Jot>, IStagingConsumer
{
    public Task Consume(ConsumeContext<Jot> context)
    {
        steps.JotContext = context.GetType().Name;
        unit.Execute("INSERT INTO jots (name) VALUES ($1)", context.Message.Name);
        return Task.CompletedTask;
    }
}

/// <summary>API and worker in this process, over RabbitMQ and PostgreSQL, so that a test sees all their spans.</summary>
internal sealed class TracedHost : IAsyncDisposable
{
    private readonly TestDatabase _database;
    private readonly IHost _host;
    private readonly string _walk = $"walk-{Guid.NewGuid():N}", _jot = $"jot-{Guid.NewGuid():N}";

    private TracedHost(TestDatabase database, RetryOptions retry)
    {
        _database = database;
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(Steps);
        var broker = Servers.RabbitMq;
        var credentials = broker.UserInfo.Split(':');
        builder.Services.AddMassTransit(x =>
        {
            x.AddConsumer<WalkConsumer>().Endpoint(e => e.Name = _walk);
            x.AddConsumer<JotConsumer>().Endpoint(e => e.Name = _jot);
            x.AddConfigureEndpointsCallback((context, _, endpoint) => endpoint.UseOutbox(context, retry));
            x.AddOutbox(o => o
                .UsePostgreSql(database.ConnectionString)
                .UseRabbitMq(r => (r.Host, r.Port, r.Username, r.Password) = (broker.Host, broker.Port, credentials[0], credentials[1]))
                .Configure(options => (options.CommitTimeout, options.RunningAfter, options.PollInterval) =
                    (TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(100))));
        });
        _host = builder.Build();
    }

    public Steps Steps { get; } = new();

    public static async Task<TracedHost> StartAsync(RetryOptions? retry = null)
    {
        var host = new TracedHost(await Servers.CreateDatabaseAsync(), retry ?? new RetryOptions { ImmediateRetries = 0, DelayedRetries = 0 });
        await host._host.Services.GetRequiredService<IDatabaseMigrator>().MigrateAsync(NullLogger.Instance, CancellationToken.None);
        await using var source = NpgsqlDataSource.Create(host._database.ConnectionString);
        await source.CreateCommand("CREATE TABLE jots (name text NOT NULL)").ExecuteNonQueryAsync();
        await host._host.StartAsync();
        return host;
    }

    /// <summary>Does something in a unit of work of its own, as an endpoint does.</summary>
    public async Task<TResult> InUnitAsync<TService, TResult>(Func<TService, Task<TResult>> action)
        where TService : notnull
    {
        await using var scope = _host.Services.CreateAsyncScope();
        var result = await action(scope.ServiceProvider.GetRequiredService<TService>());
        await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync();
        return result;
    }

    public Task<Guid> AddAsync<T>(T message, TimeSpan? delay = null)
        where T : class =>
        InUnitAsync((IBackgroundTasks tasks) => Task.FromResult(tasks.Add(message, delay: delay).Id));

    public Task<TaskRecord> TaskAsync(Guid id, TaskState state) => Eventually.Get(
        async () => await _host.Services.GetRequiredService<ITaskStore>().FindAsync(id) is { } task && task.State == state ? task : null, $"task {id} is {state}");

    /// <summary>Delivers a message once more, as a broker may.</summary>
    public async Task DeliverAgainAsync(Walk message, Guid id, string? trace)
    {
        var endpoint = await _host.Services.GetRequiredService<IBus>().GetSendEndpoint(new Uri($"exchange:{_walk}"));
        await endpoint.Send(message, context =>
        {
            context.MessageId = id;
            context.Headers.Set("Task-Id", $"{id}");
            context.Headers.Set("traceparent", trace);
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        await using var connection = await new ConnectionFactory { Uri = Servers.RabbitMq }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        foreach (var name in ((string[])[_walk, _jot]).SelectMany(queue => (string[])[queue, $"{queue}_error", $"{queue}_skipped"]))
        {
            await channel.QueueDeleteAsync(name);
            await channel.ExchangeDeleteAsync(name);
        }

        await _database.DisposeAsync();
    }
}
