using System.Diagnostics;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Messaging.Bench.Servers;

/// <summary>Watches how many messages a queue has.</summary>
internal sealed class QueueProbe(int port) : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);
    private IConnection? _connection;
    private IChannel? _channel;

    /// <summary>Makes a queue like the product's: durable, and written to disk by a quorum of its replicas.</summary>
    /// <param name="queue">Its name.</param>
    /// <param name="exchange">An exchange that is to be bound to it, as MassTransit makes one for a message type.</param>
    public async Task DeclareAsync(string queue, string? exchange = null)
    {
        await using var channel = await (await ConnectAsync()).CreateChannelAsync();
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" });
        if (exchange is not null)
        {
            await channel.ExchangeDeclareAsync(exchange, ExchangeType.Fanout, durable: true);
            await channel.QueueBindAsync(queue, exchange, routingKey: "");
        }
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

    /// <summary>Waits until so many messages have come, and says how many a second came from the first that was seen on.</summary>
    /// <exception cref="TimeoutException">They had not come within ten minutes.</exception>
    public async Task<double> RateAsync(string queue, long messages, CancellationToken cancellationToken)
    {
        var (began, from, first) = (Stopwatch.GetTimestamp(), 0L, 0L);
        while (true)
        {
            var count = await CountAsync(queue);
            if (count > 0 && first == 0)
            {
                (first, from) = (count, Stopwatch.GetTimestamp());
            }

            if (count >= messages)
            {
                return (count - first) / Stopwatch.GetElapsedTime(from).TotalSeconds;
            }

            if (Stopwatch.GetElapsedTime(began) > TimeSpan.FromMinutes(10))
            {
                throw new TimeoutException($"Of {messages} messages {count} came to {queue} in ten minutes.");
            }

            await Task.Delay(Interval, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
        {
            await _connection.DisposeAsync();
        }
    }

    private async Task<IConnection> ConnectAsync() =>
        _connection ??= await new ConnectionFactory { HostName = "127.0.0.1", Port = port }.CreateConnectionAsync();
}
