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

    /// <summary>Each attempt has a new context, without the payloads of the previous one.</summary>
    public Task AttemptAsync(int retries) => next.Send(_attempt = new AttemptContext<T>(context, retries));

    public Task<StagedMessage> EncodeAsync(NextMessage message) => MessageAgain.EncodeAsync(context, message, endpoint.Queues);

    public Task DeferredAsync() => context.NotifyConsumed(context.ReceiveContext.ElapsedTime, nameof(DeliveryFilter<>));

    public Task PublishFaultAsync() => _attempt?.PublishFaultAsync() ?? Task.CompletedTask;

    /// <summary>
    /// Ends the delivery without an outcome and without a log entry: the broker requeues the message when the channel closes, and
    /// does not deliver it to this consumer, which is stopping, again.
    /// </summary>
    public void Abandon() => (context.ReceiveContext as BaseReceiveContext)?.Cancel();
}
