using MassTransit;
using MassTransit.JobService;
using MassTransit.Metadata;
using Messaging.Outbox.FastLane;
using Messaging.Outbox.Inbox;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.MassTransit.FastLane;

/// <summary>Deserializes deliveries for an <see cref="IStagingConsumer"/>.</summary>
internal sealed class FastLaneReader<TConsumer, TMessage>(Uri inputAddress, IServiceScopeFactory scopes) : IFastLaneReader
    where TConsumer : class, IConsumer<TMessage>
    where TMessage : class
{
    private static readonly string MessageType = MessageUrn.ForTypeString<TMessage>();

    // The same id as in the pipeline, so that both use the same inbox key for a message.
    private readonly ConsumerIdentity _consumer = new(
        JobMetadataCache<TConsumer, TMessage>.GenerateJobTypeId(ConsumerRegistry.QueueOf(inputAddress)), TypeMetadataCache<TConsumer>.ShortName, OnlyStages: true);

    public Uri InputAddress => inputAddress;

    public string Consumer => _consumer.Name;

    public FastLaneExecution? Read(OfferedDelivery offered)
    {
        if (FastLaneEnvelope<TMessage>.Read(offered.ContentType, offered.Body.Span, MessageType) is not { } envelope)
        {
            return null;
        }

        var (id, task) = (envelope.MessageId!.Value, offered.HeaderGuid(OutboxHeaders.TaskId));
        if ((task is null && envelope.Headers?.ContainsKey(OutboxHeaders.TaskId) == true) // only the envelope has a task id
            || (task is not null && task != id)) // the header belongs to another message
        {
            return null;
        }

        offered.Progress.Identify(id);
        return new FastLaneExecutionOf<TConsumer, TMessage>(offered, envelope, _consumer, scopes);
    }
}
