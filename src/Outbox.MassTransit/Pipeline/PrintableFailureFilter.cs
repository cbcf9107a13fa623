using System.Runtime.ExceptionServices;
using MassTransit;
using MassTransit.Configuration;

namespace Messaging.Outbox.MassTransit.Pipeline;

/// <summary>The innermost filter around a consumer: replaces exceptions that outer filters cannot log, trace or unwrap.</summary>
internal sealed class PrintableFailureFilter<TConsumer, TMessage> : IFilter<ConsumerConsumeContext<TConsumer, TMessage>>
    where TConsumer : class
    where TMessage : class
{
    public async Task Send(ConsumerConsumeContext<TConsumer, TMessage> context, IPipe<ConsumerConsumeContext<TConsumer, TMessage>> next)
    {
        try
        {
            await next.Send(context);
        }
        catch (Exception exception) when (exception is not OperationCanceledException && PrintableException.Of(exception) is PrintableException printable)
        {
            ExceptionDispatchInfo.Throw(printable);
        }
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("printableFailure");
}

/// <summary>Adds a <see cref="PrintableFailureFilter{TConsumer, TMessage}"/> to each consumer of an endpoint.</summary>
internal sealed class PrintableFailureObserver : IConsumerConfigurationObserver
{
    public void ConsumerConfigured<TConsumer>(IConsumerConfigurator<TConsumer> configurator)
        where TConsumer : class
    {
    }

    public void ConsumerMessageConfigured<TConsumer, TMessage>(IConsumerMessageConfigurator<TConsumer, TMessage> configurator)
        where TConsumer : class
        where TMessage : class =>
        configurator.AddPipeSpecification(
            new FilterPipeSpecification<ConsumerConsumeContext<TConsumer, TMessage>>(new PrintableFailureFilter<TConsumer, TMessage>()));
}
