using MassTransit;
using MassTransit.Middleware.Rescue;
using Messaging.Outbox.Execution;
using Messaging.Outbox.MassTransit.Deliveries;

namespace Messaging.Outbox.MassTransit.Pipeline;

/// <summary>The first filter of the error pipe: dead-letters the message, also if its body is unreadable.</summary>
/// <param name="letters">Stores dead letters.</param>
/// <param name="keep">Whether to store the message; if not, only the state of its task is set.</param>
internal sealed class DeadLetteringFilter(DeadLettering letters, bool keep) : IFilter<ExceptionReceiveContext>
{
    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        await letters.FailAsync(context.Received().Progress, context.Exception, keep);
        // PrintableFailureFilter does not see exceptions about an unreadable body, which may not be serializable into a Fault
        var printable = PrintableException.Of(context.Exception);
        await next.Send(ReferenceEquals(printable, context.Exception) ? context : new RescueExceptionReceiveContext(context, printable));
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("deadLettering");
}
