using MassTransit;

namespace Messaging.ServiceDefaults.Messaging;

/// <summary>
/// Whether this process receives the messages of its instance of <typeparamref name="TConsumer"/>. While a process has no connection
/// to the broker, it has no queue and misses messages. Code that depends on every message must check this.
/// </summary>
public sealed class InstanceEndpoint<TConsumer> : IReceiveEndpointObserver
    where TConsumer : class, IConsumer
{
    private long _count;
    private long _session;

    /// <summary>
    /// The number of the connection over which it receives; null while it receives nothing. As long as the number is the same,
    /// nothing was missed; when it changes, messages may have been missed.
    /// </summary>
    public long? Session => Interlocked.Read(ref _session) is var session and not 0 ? session : null;

    Task IReceiveEndpointObserver.Ready(ReceiveEndpointReady ready)
    {
        if (ready.IsStarted)
        {
            Interlocked.Exchange(ref _session, Interlocked.Increment(ref _count));
        }

        return Task.CompletedTask;
    }

    Task IReceiveEndpointObserver.Stopping(ReceiveEndpointStopping stopping) => EndSessionAsync();

    Task IReceiveEndpointObserver.Completed(ReceiveEndpointCompleted completed) => EndSessionAsync();

    Task IReceiveEndpointObserver.Faulted(ReceiveEndpointFaulted faulted) => EndSessionAsync();

    private Task EndSessionAsync()
    {
        Interlocked.Exchange(ref _session, 0);
        return Task.CompletedTask;
    }
}
