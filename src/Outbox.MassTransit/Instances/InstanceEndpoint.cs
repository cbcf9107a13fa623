using MassTransit;

namespace Messaging.Outbox.MassTransit.Instances;

/// <summary>Counts the connections over which the consumer's endpoint receives.</summary>
internal sealed class InstanceEndpoint<TConsumer> : IInstanceEndpoint<TConsumer>, IReceiveEndpointObserver
    where TConsumer : class, IConsumer
{
    private long _count;
    private long _session;

    public long? Session => Interlocked.Read(ref _session) is var session and not 0 ? session : null;

    public Task Ready(ReceiveEndpointReady ready)
    {
        if (ready.IsStarted)
        {
            Interlocked.Exchange(ref _session, Interlocked.Increment(ref _count));
        }

        return Task.CompletedTask;
    }

    public Task Stopping(ReceiveEndpointStopping stopping) => EndSessionAsync();

    public Task Completed(ReceiveEndpointCompleted completed) => EndSessionAsync();

    public Task Faulted(ReceiveEndpointFaulted faulted) => EndSessionAsync();

    private Task EndSessionAsync()
    {
        Interlocked.Exchange(ref _session, 0);
        return Task.CompletedTask;
    }
}
