using MassTransit;
using Messaging.ServiceDefaults.Messaging;

namespace Messaging.Worker.Logs;

/// <summary>The batch's size and time limit; the broker has to hand over enough to fill every batch under way.</summary>
internal sealed class LogRequestedDefinition : TaskConsumerDefinition<LogRequestedConsumer>
{
    protected override int ConcurrencyOf(EndpointOptions options) => options.BatchSize * options.ConcurrentBatches;

    protected override void Configure(
        IReceiveEndpointConfigurator endpoint, IConsumerConfigurator<LogRequestedConsumer> consumer, EndpointOptions options) =>
        consumer.Options<BatchOptions>(batch => batch
            .SetMessageLimit(options.BatchSize)
            .SetTimeLimit(options.BatchTimeLimit)
            .SetConcurrencyLimit(options.ConcurrentBatches));
}
