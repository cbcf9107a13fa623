using RabbitMQ.Client;

namespace Messaging.EndToEnd.Tests.RabbitMq;

/// <summary>Exchanges and bindings that are deleted while a worker runs: nobody tells it.</summary>
public sealed class DeletedExchangeTests
{
    [Fact]
    public async Task Deleted_exchanges_and_bindings_come_back_and_no_task_is_lost()
    {
        await using var system = await RealSystem.StartAsync();
        var ledger = new Ledger();
        await ledger.SendOneAsync(system.Api.Client, "/log?message=before");
        await ledger.AllSucceededAsync(system.Api.Client);
        await using (var connection = await new ConnectionFactory { Uri = Servers.RabbitMq, VirtualHost = system.VirtualHost }.CreateConnectionAsync())
        await using (var channel = await connection.CreateChannelAsync())
        {
            await channel.ExchangeDeleteAsync("Messaging.Contracts:LogRequested");
            await channel.QueueUnbindAsync("user-registered", "user-registered", "");
        }

        await ledger.SendOneAsync(system.Api.Client, "/log?message=after");
        await ledger.SendOneAsync(system.Api.Client, "/register?email=ann@example.org");

        await ledger.AllSucceededAsync(system.Api.Client);
        Assert.Equal(2, await system.CountAsync("activity_log WHERE message IN ('before', 'after')"));
        Assert.Single(system.Smtp.Mails);
    }
}
