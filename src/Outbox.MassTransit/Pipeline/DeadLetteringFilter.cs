using MassTransit;
using MassTransit.Middleware.Rescue;
using Messaging.Outbox.Execution;
using Messaging.Outbox.MassTransit.Deliveries;

namespace Messaging.Outbox.MassTransit.Pipeline;

/// <summary>The first filter of the error pipe: dead-letters each message that reaches it, including one with an unreadable body.</summary>
/// <param name="letters">Stores dead letters.</param>
/// <param name="keep">Whether the message is kept in the store; otherwise it continues to the error queue.</param>
internal sealed class DeadLetteringFilter(DeadLettering letters, bool keep) : IFilter<ExceptionReceiveContext>
{
    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        await letters.FailAsync(context.Received().Progress, context.Exception, keep);
        // an exception about an unreadable body was not converted by a consumer's filter, and may fail to be published
        var told = ToldException.Of(context.Exception);
        await next.Send(ReferenceEquals(told, context.Exception) ? context : new RescueExceptionReceiveContext(context, told));
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("deadLettering");
}
