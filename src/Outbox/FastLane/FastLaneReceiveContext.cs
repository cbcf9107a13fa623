using System.Diagnostics.CodeAnalysis;
using System.Net.Mime;
using MassTransit;

namespace Messaging.Outbox.FastLane;

/// <summary>
/// Where a directly consumed message comes from. There is nothing to send with, and nothing to wait for: who asks for that gets an exception, and
/// the message goes through MassTransit's pipeline, where there is.
/// </summary>
internal sealed class FastLaneReceiveContext(Uri inputAddress) : ReceiveContext, IPublishEndpointProvider, ISendEndpointProvider
{
    /// <summary>Whether somebody has asked for what only the pipeline has, and perhaps swallowed the exception.</summary>
    public bool NeedsPipeline { get; private set; }

    /// <summary>The services of the message's scope.</summary>
    public IServiceProvider? Provider { get; set; }

    /// <summary>Whether the consumer has come to its end: the body is another message's by then.</summary>
    public bool HasEnded { get; set; }

    public Uri InputAddress => inputAddress;
    public bool Redelivered => false;
    public bool IsDelivered => false;
    public bool IsFaulted => false;
    public CancellationToken CancellationToken => CancellationToken.None;
    public IPublishEndpointProvider PublishEndpointProvider => this;
    public ISendEndpointProvider SendEndpointProvider => this;
    public TimeSpan ElapsedTime => throw Exceed();
    public ContentType ContentType => throw Exceed();
    public Headers TransportHeaders => throw Exceed();
    public Task ReceiveCompleted => throw Exceed();
    public bool PublishFaults => throw Exceed();
    public MessageBody Body => throw Exceed();

    public bool HasPayloadType(Type payloadType) => payloadType == typeof(IServiceProvider);

    public bool TryGetPayload<T>([NotNullWhen(true)] out T? payload)
        where T : class
    {
        payload = typeof(T) == typeof(IServiceProvider) ? Provider as T : null;
        return payload is not null;
    }

    public T GetOrAddPayload<T>(PayloadFactory<T> payloadFactory)
        where T : class =>
        TryGetPayload<T>(out var payload) ? payload : throw Exceed();

    public T AddOrUpdatePayload<T>(PayloadFactory<T> addFactory, UpdatePayloadFactory<T> updateFactory)
        where T : class =>
        throw Exceed();

    public Task NotifyConsumed<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType)
        where T : class =>
        throw Exceed();

    public Task NotifyFaulted<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception)
        where T : class =>
        throw Exceed();

    public Task NotifyFaulted(Exception exception) => throw Exceed();

    public void AddReceiveTask(Task task) => throw Exceed();

    public Task<ISendEndpoint> GetPublishSendEndpoint<T>()
        where T : class =>
        throw Exceed();

    public Task<ISendEndpoint> GetSendEndpoint(Uri address) => throw Exceed();

    public ConnectHandle ConnectPublishObserver(IPublishObserver observer) => throw Exceed();

    public ConnectHandle ConnectSendObserver(ISendObserver observer) => throw Exceed();

    /// <summary>Notes that the pipeline is needed.</summary>
    public NotSupportedException Exceed()
    {
        NeedsPipeline = true;
        return new NotSupportedException("Only MassTransit's pipeline has that; the message goes through it now.");
    }
}
