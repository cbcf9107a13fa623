using MassTransit;
using MassTransit.Testing;
using Messaging.Outbox;
using Messaging.Outbox.Migrations;
using Messaging.Outbox.RabbitMq;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using RabbitMQ.Client;

namespace Messaging.EndToEnd.Tests.RabbitMq;

public sealed record Ping(int Number);

public sealed class PingConsumer(IUnitOfWork unit) : IConsumer<Ping>
{
    public Task Consume(ConsumeContext<Ping> context)
    {
        unit.Execute("INSERT INTO pings (number) VALUES ($1)", context.Message.Number);
        return Task.CompletedTask;
    }
}

/// <summary>The library as somebody else uses it: nothing but <c>AddConsumer</c> and <c>AddOutbox</c>, on RabbitMQ and PostgreSQL.</summary>
public sealed class LibraryOverRabbitMqTests
{
    [Fact]
    public async Task A_plain_consumer_has_its_effects_and_the_harness_sees_all()
    {
        var queue = $"ping-{Guid.NewGuid():N}";
        await using var database = await Servers.CreateDatabaseAsync();
        var logs = new LogCapture();
        using var host = Build(database.ConnectionString, queue, logs);
        await host.Services.GetRequiredService<IDatabaseMigrator>().MigrateAsync(NullLogger.Instance, CancellationToken.None);
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await source.CreateCommand("CREATE TABLE pings (number int NOT NULL)").ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await host.StartAsync(TestContext.Current.CancellationToken);
        try
        {
            var harness = host.Services.GetRequiredService<ITestHarness>();
            for (var number = 1; number <= 3; number++) // the first of each goes over MassTransit, those that follow go past it
            {
                await SendAsync(host, queue, number);
                await Eventually.True(async () => await CountAsync(source) == 2 * number, $"both are consumed: {string.Join('\n', logs.Lines)}");
            }

            // The harness is told after the broker has confirmed, and a consumer may have been quicker.
            await Eventually.True(
                () => harness.Published.Select<Ping>(TestContext.Current.CancellationToken).Count() >= 3 && harness.Sent.Select<Ping>(TestContext.Current.CancellationToken).Count() >= 3,
                "the harness has seen all");
            Assert.Equal([1, 2, 3], harness.Published.Select<Ping>(TestContext.Current.CancellationToken).Select(p => p.Context.Message.Number));
            Assert.Equal([-1, -2, -3], harness.Sent.Select<Ping>(TestContext.Current.CancellationToken).Select(s => s.Context.Message.Number));
            var tasks = await host.Services.GetRequiredService<ITaskStore>().ListAsync(new TaskQuery { Limit = 10 });
            Assert.Equal(6, tasks.Items.Count(t => t.State == TaskState.Succeeded));
        }
        finally
        {
            await host.StopAsync(TestContext.Current.CancellationToken);
            await DeleteAsync(queue);
        }
    }

    private static async Task SendAsync(IHost host, string queue, int number)
    {
        await using var scope = host.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IPublishEndpoint>().Publish(new Ping(number));
        var endpoint = await scope.ServiceProvider.GetRequiredService<ISendEndpointProvider>().GetSendEndpoint(new Uri($"queue:{queue}"));
        await endpoint.Send(new Ping(-number));
        await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync();
    }

    private static async Task DeleteAsync(string queue)
    {
        await using var connection = await new ConnectionFactory { Uri = Servers.RabbitMq }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        foreach (var name in (string[])[queue, $"{queue}_error", $"{queue}_skipped"])
        {
            await channel.QueueDeleteAsync(name);
            await channel.ExchangeDeleteAsync(name);
        }
    }

    private static async Task<long> CountAsync(NpgsqlDataSource source) =>
        (long)(await source.CreateCommand("SELECT count(*) FROM pings").ExecuteScalarAsync())!;

    private static IHost Build(string connectionString, string queue, LogCapture logs)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders().AddProvider(logs);
        var broker = Servers.RabbitMq;
        var (user, password) = broker.UserInfo.Split(':') is [var u, var p] ? (u, p) : throw new InvalidOperationException("No credentials.");
        builder.Services.AddMassTransitTestHarness(x =>
        {
            x.SetTestTimeouts(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(5));
            x.AddConsumer<PingConsumer>().Endpoint(e => e.Name = queue);
            x.AddOutbox(o => o
                .UsePostgreSql(connectionString)
                .UseRabbitMq(r => (r.Host, r.Port, r.Username, r.Password) = (broker.Host, broker.Port, user, password))
                .Configure(options => options.CommitTimeout = TimeSpan.FromSeconds(30)));
        });
        return builder.Build();
    }
}
