using MassTransit;
using Messaging.Outbox.Execution;
using Messaging.Outbox.Queues;

namespace Messaging.Outbox.MassTransit.Pipeline;

/// <summary>The shared state of the deliveries of one endpoint.</summary>
internal sealed class PipelineEndpoint(DeliveryLifecycle lifecycle, QueueDirectory queues) : IReceiveEndpointObserver
{
    private volatile CancellationTokenSource _stop = new();

    public DeliveryLifecycle Lifecycle => lifecycle;

    /// <summary>Finds the queue and the priority of a message that is sent again.</summary>
    public QueueDirectory Queues => queues;

    /// <summary>The retry policy. Default: no retries.</summary>
    public RetryOptions Policy { get; set; } = new() { ImmediateRetries = 0, DelayedRetries = 0 };

    /// <summary>The gate of the queue; null if the queue has none.</summary>
    public QueueGate? Gate { get; set; }

    /// <summary>Cancelled when the endpoint stops.</summary>
    public CancellationToken Stopping => _stop.Token;

    Task IReceiveEndpointObserver.Ready(ReceiveEndpointReady ready)
    {
        if (ready.IsStarted && _stop.IsCancellationRequested)
        {
            _stop = new CancellationTokenSource();
        }

        return Task.CompletedTask;
    }

    Task IReceiveEndpointObserver.Stopping(ReceiveEndpointStopping stopping) => _stop.CancelAsync();

    Task IReceiveEndpointObserver.Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

    Task IReceiveEndpointObserver.Faulted(ReceiveEndpointFaulted faulted) => Task.CompletedTask;
}
