using MassTransit;
using MassTransit.Configuration;
using MassTransit.Middleware;

namespace Messaging.Outbox.Tests.MassTransit.Endpoints;

/// <summary>
/// Stands in for MassTransit's outbox of a database (<c>UseEntityFrameworkOutbox</c>), which is a package of its own: it is installed
/// in the same way, with a context factory of its own.
/// </summary>
internal static class ForeignOutbox
{
    public static void UseForeignOutbox(this IReceiveEndpointConfigurator endpoint, IRegistrationContext context)
    {
        var observer = new OutboxConsumePipeSpecificationObserver<ForeignOutboxContext>(endpoint, context);
        endpoint.ConnectConsumerConfigurationObserver(observer);
        endpoint.ConnectSagaConfigurationObserver(observer);
    }
}

/// <summary>What a <c>DbContext</c> is to that package.</summary>
internal sealed class ForeignOutboxContext;

/// <summary>Runs the consumer, as if the message was new.</summary>
internal sealed class ForeignContextFactory : IOutboxContextFactory<ForeignOutboxContext>
{
    public Task Send<T>(ConsumeContext<T> context, OutboxConsumeOptions options, IPipe<OutboxConsumeContext<T>> next)
        where T : class => throw new NotSupportedException("No test consumes through it.");

    public void Probe(ProbeContext context) => context.CreateScope("foreignOutbox");
}
