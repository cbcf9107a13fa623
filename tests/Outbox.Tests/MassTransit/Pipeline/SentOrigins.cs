using System.Collections.Concurrent;
using MassTransit;
using Messaging.Outbox.MassTransit.Sending;

namespace Messaging.Outbox.Tests.MassTransit.Pipeline;

/// <summary>Where what is sent comes from, as a send observer sees it.</summary>
public sealed class SentOrigins : ISendObserver
{
    private readonly ConcurrentDictionary<Guid, (Guid? ConversationId, Uri? SourceAddress)> _sent = new();

    public (Guid? ConversationId, Uri? SourceAddress) Of(Guid messageId) => _sent[messageId];

    public Task PreSend<T>(SendContext<T> context)
        where T : class
    {
        _sent[context.MessageId!.Value] = (context.ConversationId, context.SourceAddress);
        return Task.CompletedTask;
    }

    public Task PostSend<T>(SendContext<T> context)
        where T : class => Task.CompletedTask;

    public Task SendFault<T>(SendContext<T> context, Exception exception)
        where T : class => Task.CompletedTask;
}
