using MassTransit;
using Messaging.Outbox.FastLane;
using Messaging.Outbox.Inbox;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.MassTransit.FastLane;

/// <summary>Runs an <see cref="IStagingConsumer"/>, which it resolves from the execution's scope.</summary>
internal sealed class FastLaneExecutionOf<TConsumer, TMessage>(
    OfferedDelivery offered, FastLaneEnvelope<TMessage> envelope, ConsumerIdentity consumer, IServiceScopeFactory scopes)
    : FastLaneExecution(offered, consumer, scopes)
    where TConsumer : class, IConsumer<TMessage>
    where TMessage : class
{
    private readonly OfferedDelivery _offered = offered;
    private readonly FastLaneReceiveContext _context = new(offered);

    public override string MessageType => typeof(TMessage).Name;

    public override DateTime? SentTime => envelope.SentTime;

    protected override bool HasExceeded => _context.NeedsPipeline;

    protected override Task ConsumeAsync(IServiceProvider services)
    {
        _context.Provider = services;
        return Resolve(services).Consume(new FastLaneConsumeContext<TMessage>(_context, envelope, _offered.Body));
    }

    protected override void Exceed() => _context.Exceed();

    protected override void EndConsumer() => _context.HasEnded = true;

    private TConsumer Resolve(IServiceProvider services)
    {
        try
        {
            return services.GetRequiredService<TConsumer>();
        }
        catch (InvalidOperationException)
        {
            throw _context.Exceed(); // it may depend on a service that only the pipeline provides, such as ConsumeContext
        }
    }
}
