using System.Net.Mime;
using MassTransit;
using MassTransit.Context;
using MassTransit.Observables;
using MassTransit.Serialization;
using MassTransit.Transports;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.MassTransit.Sending;

/// <summary>
/// Notifies the bus's <see cref="IPublishObserver"/> and <see cref="ISendObserver"/> of each message when the dispatcher sends
/// it, as MassTransit notifies them of messages that do not use the outbox: typed, once for each send, and only for committed
/// messages. MassTransit's test harness is such an observer. Without observers it costs nothing.
/// </summary>
internal sealed partial class DispatchObservers
{
    private readonly PublishObservable? _publish;
    private readonly SendObservable? _send;
    private readonly Lazy<ISerialization> _serialization;
    private readonly IBusInstance _instance;
    private readonly ILogger _logger;

    public DispatchObservers(IBusInstance instance, ILogger<DispatchObservers> logger)
    {
        (_instance, _logger) = (instance, logger);
        (_publish, _send) = ObserverCapture.ObserversOf(instance.HostConfiguration);
        _serialization = new(() => instance.HostConfiguration.BusConfiguration.Serialization.CreateSerializerCollection());
    }

    public bool AreConnected => _publish is { Count: > 0 } || _send is { Count: > 0 };

    /// <returns>The notifier of a message; null if this process does not know the type.</returns>
    public Notice? NoticeOf(OutboxMessage row, MessageMetadata metadata)
    {
        if (KnownMessages.Find(metadata.MessageTypes) is not { } type)
        {
            return null;
        }

        var notice = (Notice)Activator.CreateInstance(typeof(NoticeOfMessage<>).MakeGenericType(type), this)!;
        return notice.TryRead(row, metadata) ? notice : null;
    }

    private bool IsPublished(Type type, Uri destination) =>
        _instance.Bus.Topology.TryGetPublishAddress(type, out var address)
        && string.Equals(address.AbsolutePath, destination.AbsolutePath, StringComparison.Ordinal);

    /// <summary>An exception of an observer after a message was sent must not send it again.</summary>
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

    [LoggerMessage(LogLevel.Warning, "An observer of sent messages failed: {Error}")]
    private partial void LogFailed(string error);

    /// <summary>Notifies observers of one message that is being sent.</summary>
    internal abstract class Notice
    {
        /// <summary>Whether it is published to the subscribers of its type, and not sent to a queue.</summary>
        public bool IsPublished { get; protected set; }

        public abstract bool TryRead(OutboxMessage row, MessageMetadata metadata);

        /// <summary>Called before sending. An observer can prevent it by an exception.</summary>
        public abstract Task SendingAsync();

        /// <summary>Called after the broker has accepted it.</summary>
        public abstract Task SentAsync();

        /// <summary>Called if it was not sent.</summary>
        public abstract Task FailedAsync(Exception exception);

        /// <summary>
        /// Sends the typed message, so that MassTransit notifies the send observers. The pipe restores the stored context, and
        /// filters do not change it again.
        /// </summary>
        public abstract Task SendAsync(ISendEndpoint endpoint, PendingSend pipe, CancellationToken cancellationToken);
    }

    private sealed class NoticeOfMessage<T>(DispatchObservers observers) : Notice
        where T : class
    {
        private MessageSendContext<T> _context = null!;
        private bool _isTold;

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
            if (_isTold)
            {
                return Task.CompletedTask; // the fast lane failed, and MassTransit sends it now
            }

            _isTold = true;
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

/// <summary>Treats a missing task as completed.</summary>
internal static class OptionalTaskExtensions
{
    public static Task OrDone(this Task? task) => task ?? Task.CompletedTask;
}
