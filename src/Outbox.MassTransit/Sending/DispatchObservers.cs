using System.Net.Mime;
using MassTransit;
using MassTransit.Context;
using MassTransit.Observables;
using MassTransit.Serialization;
using MassTransit.Transports;
using Messaging.Outbox.Payloads;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.MassTransit.Sending;

/// <summary>
/// Notifies the bus's <see cref="IPublishObserver"/> and <see cref="ISendObserver"/> instances, such as MassTransit's test harness,
/// when the dispatcher sends a message. They get the typed message, once for each send, and only after the commit. Nothing is
/// deserialized if there are no observers.
/// </summary>
internal sealed partial class DispatchObservers
{
    private readonly PublishObservable? _publish;
    private readonly SendObservable? _send;
    private readonly Lazy<ISerialization> _serialization;
    private readonly IBusInstance _instance;
    private readonly MessageTypes _types;
    private readonly ILogger _logger;

    public DispatchObservers(IBusInstance instance, MessageTypes types, ILogger<DispatchObservers> logger)
    {
        (_instance, _types, _logger) = (instance, types, logger);
        (_publish, _send) = ObserverCapture.ObserversOf(instance.HostConfiguration);
        _serialization = new(() => instance.HostConfiguration.BusConfiguration.Serialization.CreateSerializerCollection());
    }

    public bool AreConnected => _publish is { Count: > 0 } || _send is { Count: > 0 };

    /// <returns>The notifier of a message; null if this process does not know its type or cannot read it.</returns>
    public Notice? NoticeOf(OutboxMessage row, MessageMetadata metadata)
    {
        if (metadata.MessageTypes.Select(_types.FindByWireName).FirstOrDefault(known => known is not null) is not { } type)
        {
            return null;
        }

        var notice = (Notice)Activator.CreateInstance(typeof(NoticeOfMessage<>).MakeGenericType(type), this)!;
        return notice.TryRead(row, metadata) ? notice : null;
    }

    private bool IsPublished(Type type, Uri destination) =>
        _instance.Bus.Topology.TryGetPublishAddress(type, out var address)
        && string.Equals(address.AbsolutePath, destination.AbsolutePath, StringComparison.Ordinal);

    /// <summary>Logs the exception of an observer after a send and ignores it: it must not cause a second send.</summary>
    private async Task IgnoreAsync(Func<Task> tell)
    {
        try
        {
            await tell();
        }
        catch (Exception exception)
        {
            LogFailed(FailureText.Of(exception));
        }
    }

    [LoggerMessage(EventId = 1220, EventName = "SendObserverFailed", Level = LogLevel.Warning, Message = "An observer of sent messages failed; correct it: {Error}")]
    private partial void LogFailed(string error);

    /// <summary>Notifies the observers about one message.</summary>
    internal abstract class Notice
    {
        /// <summary>Whether the message is published to the subscribers of its type; otherwise it is sent to a queue.</summary>
        public bool IsPublished { get; protected set; }

        public abstract bool TryRead(OutboxMessage row, MessageMetadata metadata);

        /// <summary>Called before the send. If an observer throws, the message is not sent.</summary>
        public abstract Task SendingAsync();

        /// <summary>Called after the broker has accepted the message.</summary>
        public abstract Task SentAsync();

        /// <summary>Called if the send failed.</summary>
        public abstract Task FailedAsync(Exception exception);

        /// <summary>
        /// Sends the typed message through MassTransit, which then notifies the send observers. The pipe restores the stored
        /// context after the filters have run.
        /// </summary>
        public abstract Task SendAsync(ISendEndpoint endpoint, PendingSend pipe, CancellationToken cancellationToken);
    }

    private sealed class NoticeOfMessage<T>(DispatchObservers observers) : Notice
        where T : class
    {
        private MessageSendContext<T> _context = null!;
        private bool _isNotified;

        public override bool TryRead(OutboxMessage row, MessageMetadata metadata)
        {
            if (!observers._serialization.Value.TryGetMessageDeserializer(new ContentType(row.ContentType), out var deserializer)
                || !deserializer.Deserialize(new BytesMessageBody(row.Body), new DictionarySendHeaders((metadata.Headers ?? [])!)).TryGetMessage<T>(out var message)
                || message is null)
            {
                return false;
            }

            var destination = new Uri(row.Destination);
            IsPublished = observers.IsPublished(typeof(T), destination);
            _context = new MessageSendContext<T>(message) { DestinationAddress = destination, IsPublish = IsPublished };
            new PendingSend(row, metadata, consumersSettle: false).ApplyTo(_context);
            return true;
        }

        public override Task SendingAsync()
        {
            if (_isNotified)
            {
                return Task.CompletedTask; // notified before the fast lane failed; MassTransit sends the message now
            }

            _isNotified = true;
            return (IsPublished ? observers._publish?.PrePublish(_context) : observers._send?.PreSend(_context)).OrDone();
        }

        public override Task SentAsync() => observers.IgnoreAsync(
            () => (IsPublished ? observers._publish?.PostPublish(_context) : observers._send?.PostSend(_context)).OrDone());

        public override Task FailedAsync(Exception exception) => observers.IgnoreAsync(
            () => (IsPublished ? observers._publish?.PublishFault(_context, exception) : observers._send?.SendFault(_context, exception)).OrDone());

        public override Task SendAsync(ISendEndpoint endpoint, PendingSend pipe, CancellationToken cancellationToken) =>
            endpoint.Send(_context.Message, pipe, cancellationToken);
    }
}

/// <summary>Treats null as a completed task.</summary>
internal static class OptionalTaskExtensions
{
    public static Task OrDone(this Task? task) => task ?? Task.CompletedTask;
}
