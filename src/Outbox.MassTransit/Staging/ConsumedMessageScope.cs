using MassTransit;
using MassTransit.DependencyInjection;
using Messaging.Outbox.MassTransit.Deliveries;
using Messaging.Outbox.Staging;

namespace Messaging.Outbox.MassTransit.Staging;

/// <summary>The DI scope of a message that MassTransit consumes.</summary>
internal sealed class ConsumedMessageScope(Bind<IBus, IScopedConsumeContextProvider> consumeContext) : IMessageScope
{
    public bool HasMessage => consumeContext.Value.HasContext;

    public string? Queue => consumeContext.Value.GetContext().ReceiveContext?.Received().Queue;
}
