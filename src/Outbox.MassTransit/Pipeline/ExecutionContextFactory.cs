using MassTransit;
using MassTransit.Middleware;
using Messaging.Outbox.MassTransit.Deliveries;
using Messaging.Outbox.Payloads;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Tasks;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.MassTransit.Pipeline;

/// <summary>
/// Called by MassTransit's outbox filter for each consumer: runs the lifecycle of an execution
/// (<see cref="Execution.Lifecycle"/>), in the DI scope that MassTransit creates for it.
/// </summary>
internal sealed class ExecutionContextFactory(
    Execution.Lifecycle lifecycle, ConsumerRegistry consumers, ConsumerIdentities identities, UnitOfWork unit, TaskContext task, QueueDirectory queues,
    TaskContents contents, IServiceProvider provider)
    : IOutboxContextFactory<TransactionalOutbox>
{
    public Task Send<T>(ConsumeContext<T> context, OutboxConsumeOptions options, IPipe<OutboxConsumeContext<T>> next)
        where T : class
    {
        var delivery = context.Received().Progress;
        delivery.EndsElsewhere = consumers.IsInstance(delivery.Queue) && queues.IsTaken(context.SupportedMessageTypes);
        var consumer = identities.Of(options.ConsumerId, options.ConsumerType);
        return lifecycle.RunAsync([new PipelineExecution<T>(context, consumer, options, next, unit, task, queues, contents, provider)]);
    }

    void IProbeSite.Probe(ProbeContext context) => context.CreateFilterScope("execution").Add("steps", string.Join(" → ", Execution.Lifecycle.Steps));
}
