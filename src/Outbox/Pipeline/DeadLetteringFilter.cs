using MassTransit;
using MassTransit.Middleware.Rescue;
using Messaging.Outbox.Deliveries;
using Messaging.Outbox.Execution;

namespace Messaging.Outbox.Pipeline;

/// <summary>The first step of the error pipe: whatever came to nothing - also a body that cannot be read - is dead-lettered.</summary>
/// <param name="letters">Does it.</param>
/// <param name="keep">Whether the message is kept in the store; otherwise it goes on to the error queue.</param>
internal sealed class DeadLetteringFilter(DeadLettering letters, bool keep) : IFilter<ExceptionReceiveContext>
{
    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        await letters.FailAsync(context.Received().Progress, context.Exception, keep);
        var told = ToldException.Of(context.Exception); // a body's, which no consumer has thrown, may fail at being published
        await next.Send(ReferenceEquals(told, context.Exception) ? context : new RescueExceptionReceiveContext(context, told));
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("deadLettering");
}
