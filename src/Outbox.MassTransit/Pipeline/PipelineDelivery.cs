using MassTransit;
using MassTransit.Transports;
using Messaging.Outbox.Deliveries;
using Messaging.Outbox.Execution;
using Messaging.Outbox.Queues;

namespace Messaging.Outbox.MassTransit.Pipeline;

/// <summary>A delivery in MassTransit's pipeline.</summary>
internal sealed class PipelineDelivery<T>(ConsumeContext<T> context, DeliveryProgress delivery, PipelineEndpoint endpoint, IPipe<ConsumeContext<T>> next)
    : IDeliveryCaller
    where T : class
{
    private AttemptContext<T>? _attempt;

    public DeliveryProgress Delivery => delivery;

    public QueueGate? Gate => endpoint.Gate;

    public DateTime? SentTime => context.SentTime;

    public string MessageType => typeof(T).Name;

    public CancellationToken Stopping => endpoint.Stopping;

    /// <summary>Runs an attempt with a new context, which has no payloads of the previous attempt.</summary>
    public async Task AttemptAsync(int retries)
    {
        _attempt = new AttemptContext<T>(context, retries);
        await next.Send(_attempt);
        await _attempt.SentAsync();
    }

    public Task<StagedMessage> EncodeAsync(NextMessage message) => MessageAgain.EncodeAsync(context, message, endpoint.Queues);

    public Task DeferredAsync() => context.NotifyConsumed(context.ReceiveContext.ElapsedTime, nameof(DeliveryFilter<>));

    public Task PublishFaultAsync() => _attempt?.PublishFaultAsync() ?? Task.CompletedTask;

    /// <summary>
    /// Ends the delivery without an outcome and without a log entry. The endpoint is stopping: the broker requeues the message when
    /// the channel closes. An earlier requeue could deliver it to this endpoint again.
    /// </summary>
    public void Abandon() => (context.ReceiveContext as BaseReceiveContext)?.Cancel();
}
