using System.Globalization;
using MassTransit;
using MassTransit.Configuration;
using MassTransit.Transports;
using Messaging.Outbox.Deliveries;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Queues;

/// <summary>The outermost filter of an endpoint: a message waits here until its queue's gate lets it through.</summary>
internal sealed class QueueGateFilter<T>(QueueGate gate, TimeProvider time) : IFilter<ConsumeContext<T>>
    where T : class
{
    public async Task Send(ConsumeContext<T> context, IPipe<ConsumeContext<T>> next)
    {
        using var place = await EnterAsync(context);
        await next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("queueGate");

    private async Task<QueueGate.Place> EnterAsync(ConsumeContext<T> context)
    {
        try
        {
            return await gate.EnterAsync(DueAt(context), context.CancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The delivery ends without an outcome, and without a word in the log: the broker has the message again when the
            // channel closes, and does not hand it to this consumer, which is about to end, once more.
            (context.ReceiveContext as BaseReceiveContext)?.Cancel();
            throw;
        }
    }

    private DateTimeOffset DueAt(ConsumeContext<T> context)
    {
        var sent = DueSince.Of(context.SentTime, time);
        var delay = context.Received().HeaderText(OutboxHeaders.DelaySeconds);
        return double.TryParse(delay, CultureInfo.InvariantCulture, out var seconds) ? sent.AddSeconds(seconds) : sent;
    }
}

/// <summary>Adds the filter once for each message type of an endpoint.</summary>
internal sealed class QueueGateObserver : ConfigurationObserver, IMessageConfigurationObserver
{
    private readonly QueueGate _gate;
    private readonly TimeProvider _time;

    public QueueGateObserver(IConsumePipeConfigurator configurator, QueueGate gate, TimeProvider time)
        : base(configurator)
    {
        _gate = gate;
        _time = time;
        Connect(this);
    }

    public void MessageConfigured<TMessage>(IConsumePipeConfigurator configurator)
        where TMessage : class =>
        configurator.AddPipeSpecification(new FilterPipeSpecification<ConsumeContext<TMessage>>(new QueueGateFilter<TMessage>(_gate, _time)));
}
