using MassTransit;
using Messaging.Contracts;
using Messaging.Outbox;

namespace Messaging.Worker.Profiles;

/// <summary>
/// Publishes an event to every API process that a profile may have changed; it is committed together with the end of the task.
/// </summary>
internal sealed class CacheRefreshRequestedConsumer(StoreClock time) : IConsumer<CacheRefreshRequested>
{
    public Task Consume(ConsumeContext<CacheRefreshRequested> context) =>
        context.Publish(new ProfileChanged { UserId = context.Message.UserId, ChangedAt = time.GetUtcNow() });
}
