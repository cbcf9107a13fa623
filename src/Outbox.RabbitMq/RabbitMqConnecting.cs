using RabbitMQ.Client;

namespace Messaging.Outbox.RabbitMq;

/// <summary>Settings of all connections of this process: MassTransit's and the separate ones.</summary>
internal static class RabbitMqConnecting
{
    /// <summary>The timeout for one address; a running node answers within milliseconds.</summary>
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(3);

    /// <summary>
    /// The timeout of the AMQP handshake after a node has accepted the connection: its greeting, the login and opening the virtual
    /// host.
    /// </summary>
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(4);

    /// <summary>A random delay, so that processes that lose a node do not all connect to the next one at the same moment.</summary>
    private const int MaxPauseMilliseconds = 500;

    /// <summary>Called before each connection attempt.</summary>
    public static async Task PrepareAsync(
        this ConnectionFactory factory, RabbitMqOptions options, RabbitMqEndpoints endpoints, CancellationToken cancellationToken)
    {
        factory.RequestedHeartbeat = options.Heartbeat;
        factory.RequestedConnectionTimeout = ConnectTimeout;
        factory.HandshakeContinuationTimeout = HandshakeTimeout;
        factory.SocketFactory = family => new WatchedTcpClient(family, options.Heartbeat);
        factory.EndpointResolverFactory = _ => endpoints;
        if (endpoints.WereUsed)
        {
            await Task.Delay(Random.Shared.Next(MaxPauseMilliseconds), cancellationToken);
        }

        await endpoints.ResolveAsync(cancellationToken);
    }
}
