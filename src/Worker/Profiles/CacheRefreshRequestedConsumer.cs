using MassTransit;
using Messaging.Contracts;
using Messaging.Outbox;

namespace Messaging.Worker.Profiles;

/// <summary>Tells every API process that a profile may have changed; the event is committed with the end of the task.</summary>
internal sealed class CacheRefreshRequestedConsumer(StoreClock time) : IConsumer<CacheRefreshRequested>
{
    public Task Consume(ConsumeContext<CacheRefreshRequested> context) =>
        context.Publish(new ProfileChanged { UserId = context.Message.UserId, ChangedAt = time.GetUtcNow() });
}
