using MassTransit;

namespace Messaging.ServiceDefaults.Messaging;

/// <summary>
/// Whether this process hears what its instance of <typeparamref name="TConsumer"/> is sent. A process whose connection to the
/// broker is lost has no queue, and what is sent meanwhile it never gets: whoever relies on hearing everything asks here.
/// </summary>
public sealed class InstanceEndpoint<TConsumer> : IReceiveEndpointObserver
    where TConsumer : class, IConsumer
{
    private long _count;
    private long _session;

    /// <summary>
    /// The number of the connection over which it hears; null while it hears nothing. Under one number nothing was missed; under
    /// another, something may have been in between.
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

    Task IReceiveEndpointObserver.Stopping(ReceiveEndpointStopping stopping) => DeafAsync();

    Task IReceiveEndpointObserver.Completed(ReceiveEndpointCompleted completed) => DeafAsync();

    Task IReceiveEndpointObserver.Faulted(ReceiveEndpointFaulted faulted) => DeafAsync();

    private Task DeafAsync()
    {
        Interlocked.Exchange(ref _session, 0);
        return Task.CompletedTask;
    }
}
