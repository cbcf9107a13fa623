using System.Diagnostics;
using MassTransit;
using MassTransit.JobService;
using MassTransit.Logging;
using MassTransit.Metadata;
using Messaging.Outbox.FastLane;
using Messaging.Outbox.Inbox;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.MassTransit.FastLane;

/// <summary>Reads the messages of a consumer that only stages.</summary>
internal sealed class FastLaneReader<TConsumer, TMessage>(Uri inputAddress, IServiceScopeFactory scopes) : IFastLaneReader
    where TConsumer : class, IConsumer<TMessage>
    where TMessage : class
{
    private static readonly ActivitySource Traces = new(DiagnosticHeaders.DefaultListenerName);
    private static readonly string MessageType = MessageUrn.ForTypeString<TMessage>();

    // The same id as in the pipeline: the inbox key of a message must be the same in both.
    private readonly ConsumerIdentity _consumer = new(
        JobMetadataCache<TConsumer, TMessage>.GenerateJobTypeId(ConsumerRegistry.QueueOf(inputAddress)), TypeMetadataCache<TConsumer>.ShortName, OnlyStages: true);

    public Uri InputAddress => inputAddress;

    public string Consumer => _consumer.Name;

    public FastLaneExecution? Read(OfferedDelivery offered)
    {
        if (Traces.HasListeners() // with a listener for traces every message goes through the pipeline
            || FastLaneEnvelope<TMessage>.Read(offered.ContentType, offered.Body.Span, MessageType) is not { } envelope)
        {
            return null;
        }

        var (id, task) = (envelope.MessageId!.Value, offered.HeaderGuid(OutboxHeaders.TaskId));
        if ((task is null && envelope.Headers?.ContainsKey(OutboxHeaders.TaskId) == true) // a body that arrived without its headers
            || (task is not null && task != id)) // headers of another message
        {
            return null;
        }

        offered.Progress.Identify(id);
        return new FastLaneExecutionOf<TConsumer, TMessage>(offered, envelope, _consumer, scopes);
    }
}
