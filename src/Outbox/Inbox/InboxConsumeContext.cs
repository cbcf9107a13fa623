using MassTransit;
using MassTransit.Middleware;
using MassTransit.Middleware.Outbox;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Inbox;

/// <summary>
/// The consumer's context: what it publishes and sends is staged in the unit of work, and that it is done becomes known
/// only after the commit. MassTransit would otherwise take the message for delivered before its effects are stored.
/// </summary>
internal sealed class InboxConsumeContext<T>(
    ConsumeContext<T> context,
    OutboxConsumeOptions options,
    IServiceProvider provider,
    UnitOfWork unit,
    IReadOnlyList<Delivery> deliveries) : OutboxConsumeContextProxy<T>(context, options, provider)
    where T : class
{
    private readonly ConsumeContext<T> _context = context;
    private (TimeSpan Duration, string ConsumerType)? _consumed;

    public bool WasDuplicate { get; set; }

    public override bool ContinueProcessing { get; set; }
    public override bool IsMessageConsumed => false;
    public override bool IsOutboxDelivered => false;
    public override int ReceiveCount => deliveries.Max(d => d.Attempts.Total);
    public override long? LastSequenceNumber => null;

    public override Task AddSend<TMessage>(SendContext<TMessage> context)
    {
        unit.Work.Add(StagedMessageFactory.Create(context, track: false));
        return Task.CompletedTask;
    }

    /// <summary>The commit. Not tied to the delivery's token: a transaction that is under way is seen through.</summary>
    public override async Task SetConsumed()
    {
        foreach (var delivery in deliveries)
        {
            if (delivery.Outcome(TaskState.Succeeded) is { } outcome)
            {
                unit.Work.Outcomes.Add(outcome);
            }

            if (delivery.OutboxId is { } outboxId)
            {
                unit.Work.Settlements.Add(new Settlement(outboxId, Keep: false));
            }
        }

        WasDuplicate = !await unit.TryCommitAsync(CancellationToken.None);
    }

    public override Task NotifyConsumed<TMessage>(ConsumeContext<TMessage> context, TimeSpan duration, string consumerType)
    {
        _consumed = (duration, consumerType);
        return Task.CompletedTask;
    }

    public async Task NotifyConsumedAsync()
    {
        var (duration, consumerType) = _consumed ?? (TimeSpan.Zero, Options.ConsumerType);
        await _context.NotifyConsumed(duration, consumerType);
    }

    public override Task SetDelivered() => Task.CompletedTask;

    public override Task<List<OutboxMessageContext>> LoadOutboxMessages() => Task.FromResult(new List<OutboxMessageContext>());

    public override Task NotifyOutboxMessageDelivered(OutboxMessageContext message) => Task.CompletedTask;

    public override Task RemoveOutboxMessages() => Task.CompletedTask;
}
