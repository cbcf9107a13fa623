using MassTransit;
using Messaging.Outbox.Queues;

namespace Messaging.Outbox.MassTransit.Endpoints;

/// <summary>Reports to <see cref="QueueEndpoint"/> when MassTransit starts or stops the endpoint.</summary>
internal sealed class QueueEndpointObserver(QueueEndpoint queue) : IReceiveEndpointObserver
{
    public Task Ready(ReceiveEndpointReady ready)
    {
        if (ready.IsStarted)
        {
            queue.Started(new Receiver(ready.ReceiveEndpoint));
        }

        return Task.CompletedTask;
    }

    public Task Stopping(ReceiveEndpointStopping stopping)
    {
        queue.Stopping();
        return Task.CompletedTask;
    }

    public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

    public Task Faulted(ReceiveEndpointFaulted faulted) => Task.CompletedTask;

    private sealed record Receiver(IReceiveEndpoint Endpoint) : IQueueReceiver
    {
        public void Start() => Endpoint.Start(CancellationToken.None);

        public Task StopAsync(CancellationToken cancellationToken) => Endpoint.Stop(cancellationToken);
    }
}
