using MassTransit;
using MassTransit.Configuration;
using Messaging.Outbox.Inbox;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Redelivery;

/// <summary>Adds the filter once for each message type of an endpoint.</summary>
internal sealed class DelayedRedeliveryObserver : ConfigurationObserver, IMessageConfigurationObserver
{
    private readonly RetryOptions _options;
    private readonly GroupCommitter _committer;
    private readonly QuarantineGate _quarantine;
    private readonly QueueDirectory _queues;
    private readonly CancelledMessages _cancelled;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Func<bool> _isWanted;

    public DelayedRedeliveryObserver(
        IConsumePipeConfigurator configurator,
        RetryOptions options,
        GroupCommitter committer,
        QuarantineGate quarantine,
        QueueDirectory queues,
        CancelledMessages cancelled,
        TimeProvider time,
        ILogger logger,
        Func<bool> isWanted)
        : base(configurator)
    {
        _options = options;
        _committer = committer;
        _quarantine = quarantine;
        _queues = queues;
        _cancelled = cancelled;
        _time = time;
        _logger = logger;
        _isWanted = isWanted;
        Connect(this);
    }

    public void MessageConfigured<TMessage>(IConsumePipeConfigurator configurator)
        where TMessage : class
    {
        if (_isWanted())
        {
            configurator.AddPipeSpecification(new FilterPipeSpecification<ConsumeContext<TMessage>>(
                new DelayedRedeliveryFilter<TMessage>(_options, _committer, _quarantine, _queues, _cancelled, _time, _logger)));
        }
    }
}
