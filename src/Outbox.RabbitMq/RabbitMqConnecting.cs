using RabbitMQ.Client;

namespace Messaging.Outbox.RabbitMq;

/// <summary>How every connection of this process is made and watched: MassTransit's, and ours beside it.</summary>
internal static class RabbitMqConnecting
{
    /// <summary>For one address; a node that is there answers within milliseconds.</summary>
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(3);

    /// <summary>Until a node that took the connection has greeted, checked the password and opened the virtual host.</summary>
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(4);

    /// <summary>All processes that a node has lost do not come to the next one in the same moment.</summary>
    private const int MaxPauseMilliseconds = 500;

    /// <summary>Called before each connection.</summary>
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
