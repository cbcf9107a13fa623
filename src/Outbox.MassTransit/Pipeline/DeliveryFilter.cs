using MassTransit;
using Messaging.Outbox.Deliveries;
using Messaging.Outbox.Execution;
using Messaging.Outbox.MassTransit.Deliveries;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.MassTransit.Pipeline;

/// <summary>The outermost filter of an endpoint: runs the lifecycle of each delivery (<see cref="DeliveryLifecycle"/>).</summary>
internal sealed class DeliveryFilter<T>(PipelineEndpoint endpoint) : IFilter<ConsumeContext<T>>
    where T : class
{
    public Task Send(ConsumeContext<T> context, IPipe<ConsumeContext<T>> next)
    {
        var delivery = Identify(context);
        delivery.Policy = endpoint.Policy;
        return endpoint.Lifecycle.RunAsync(new PipelineDelivery<T>(context, delivery, endpoint, next));
    }

    public void Probe(ProbeContext context)
    {
        var scope = context.CreateFilterScope("delivery");
        scope.Add("steps", string.Join(" → ", DeliveryLifecycle.Steps));
    }

    /// <summary>Sets the identity of the delivery: the original message id, because a deferred message can have a new one.</summary>
    private static DeliveryProgress Identify(ConsumeContext<T> context)
    {
        var delivery = context.Received().Progress;
        delivery.Identify(
            delivery.Outside?.Id ?? context.GetOriginalMessageId() ?? throw new MessageException(typeof(T), "A message needs a MessageId to be consumed once."),
            context.Headers.Get<Guid>(OutboxHeaders.TaskId));
        return delivery;
    }
}
