using System.Diagnostics.CodeAnalysis;
using System.Net.Mime;
using MassTransit;
using Messaging.Outbox.FastLane;

namespace Messaging.Outbox.MassTransit.FastLane;

/// <summary>
/// The receive context of a delivery in the fast lane. Features that only MassTransit's pipeline has, such as send endpoints,
/// throw; the delivery then runs in the pipeline instead.
/// </summary>
internal sealed class FastLaneReceiveContext(OfferedDelivery offered) : ReceiveContext, IPublishEndpointProvider, ISendEndpointProvider
{
    /// <summary>Whether the consumer used a feature of the pipeline, even if it caught the exception.</summary>
    public bool NeedsPipeline { get; private set; }

    /// <summary>The services of the execution's scope.</summary>
    public IServiceProvider? Provider { get; set; }

    /// <summary>Whether the consumer has returned. The body must not be read after that, because its buffer is reused.</summary>
    public bool HasEnded { get; set; }

    public Uri InputAddress => offered.InputAddress;
    public bool Redelivered => false;
    public bool IsDelivered => false;
    public bool IsFaulted => false;
    public CancellationToken CancellationToken => offered.CancellationToken;
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

    /// <summary>Sets <see cref="NeedsPipeline"/>.</summary>
    /// <returns>The exception to throw.</returns>
    public NotSupportedException Exceed()
    {
        NeedsPipeline = true;
        return new NotSupportedException("Only MassTransit's pipeline supports this; the message goes through it now.");
    }
}
