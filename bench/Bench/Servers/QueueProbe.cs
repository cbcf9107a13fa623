using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Messaging.Bench.Servers;

/// <summary>Watches how many messages a queue has.</summary>
/// <param name="port">The broker's.</param>
/// <param name="virtualHost">Where the queue is.</param>
internal sealed class QueueProbe(int port, string virtualHost = "/") : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);
    private IConnection? _connection;
    private IChannel? _channel;

    /// <summary>Makes a queue like the product's: durable, and written to disk by a quorum of its replicas.</summary>
    /// <param name="queue">Its name.</param>
    /// <param name="exchange">An exchange that is to be bound to it, as MassTransit makes one for a message type.</param>
    public async Task DeclareAsync(string queue, string exchange)
    {
        await using var channel = await (await ConnectAsync()).CreateChannelAsync();
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" });
        await channel.ExchangeDeclareAsync(exchange, ExchangeType.Fanout, durable: true);
        await channel.QueueBindAsync(queue, exchange, routingKey: "");
    }

    /// <summary>Deletes what is in a queue.</summary>
    public async Task PurgeAsync(string queue)
    {
        await using var channel = await (await ConnectAsync()).CreateChannelAsync();
        await channel.QueuePurgeAsync(queue);
    }

    /// <summary>Messages that are ready; 0 for a queue that is not there yet.</summary>
    public async Task<long> CountAsync(string queue)
    {
        try
        {
            _channel ??= await (await ConnectAsync()).CreateChannelAsync();
            return await _channel.MessageCountAsync(queue);
        }
        catch (OperationInterruptedException)
        {
            _channel = null; // the broker closes it for asking
            return 0;
        }
    }

    /// <summary>Waits until a queue is there, and consumed.</summary>
    public async Task WaitForAsync(string queue, CancellationToken cancellationToken)
    {
        while (true)
        {
            await using var channel = await (await ConnectAsync()).CreateChannelAsync(cancellationToken: cancellationToken);
            try
            {
                if (await channel.ConsumerCountAsync(queue, cancellationToken) > 0)
                {
                    return;
                }
            }
            catch (OperationInterruptedException)
            {
                // It is not there yet.
            }

            await Task.Delay(Interval, cancellationToken);
        }
    }

    /// <summary>Waits until so many messages have come; see <see cref="Arrival"/>.</summary>
    public Task<double> RateAsync(string queue, long messages, CancellationToken cancellationToken) =>
        Arrival.RateAsync(() => CountAsync(queue), messages, Interval, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
        {
            await _connection.DisposeAsync();
        }
    }

    private async Task<IConnection> ConnectAsync() =>
        _connection ??= await new ConnectionFactory { HostName = "127.0.0.1", Port = port, VirtualHost = virtualHost }.CreateConnectionAsync();
}
