using MassTransit.Middleware;
using MassTransit.RabbitMqTransport;
using RabbitMQ.Client;

namespace Messaging.Outbox.RabbitMq;

/// <summary>Delegates all members to the inner channel of MassTransit, except those that a derived class overrides.</summary>
internal abstract class ChannelProxy(ChannelContext inner) : ProxyPipeContext(inner), ChannelContext
{
    public IChannel Channel => inner.Channel;

    public ConnectionContext ConnectionContext => inner.ConnectionContext;

    public virtual ValueTask BasicAck(ulong deliveryTag, bool multiple, CancellationToken cancellationToken) =>
        inner.BasicAck(deliveryTag, multiple, cancellationToken);

    public virtual Task BasicNack(ulong deliveryTag, bool multiple, bool requeue, CancellationToken cancellationToken) =>
        inner.BasicNack(deliveryTag, multiple, requeue, cancellationToken);

    public virtual Task<string> BasicConsume(
        string queue,
        bool noAck,
        bool exclusive,
        IDictionary<string, object> arguments,
        IAsyncBasicConsumer consumer,
        string consumerTag,
        CancellationToken cancellationToken) =>
        inner.BasicConsume(queue, noAck, exclusive, arguments, consumer, consumerTag, cancellationToken);

    public virtual Task BasicCancel(string consumerTag, CancellationToken cancellationToken) => inner.BasicCancel(consumerTag, cancellationToken);

    public virtual Task BasicQos(uint prefetchSize, ushort prefetchCount, bool global, CancellationToken cancellationToken) =>
        inner.BasicQos(prefetchSize, prefetchCount, global, cancellationToken);

    public virtual Task<QueueDeclareOk> QueueDeclare(
        string queue, bool durable, bool exclusive, bool autoDelete, IDictionary<string, object> arguments, CancellationToken cancellationToken) =>
        inner.QueueDeclare(queue, durable, exclusive, autoDelete, arguments, cancellationToken);

    public Task<QueueDeclareOk> QueueDeclarePassive(string queue, CancellationToken cancellationToken) =>
        inner.QueueDeclarePassive(queue, cancellationToken);

    public Task BasicPublishAsync(
        string exchange, string routingKey, bool mandatory, BasicProperties basicProperties, byte[] body, bool awaitAck, CancellationToken cancellationToken) =>
        inner.BasicPublishAsync(exchange, routingKey, mandatory, basicProperties, body, awaitAck, cancellationToken);

    public virtual Task ExchangeBind(
        string destination, string source, string routingKey, IDictionary<string, object> arguments, CancellationToken cancellationToken) =>
        inner.ExchangeBind(destination, source, routingKey, arguments, cancellationToken);

    public virtual Task ExchangeDeclare(
        string exchange, string type, bool durable, bool autoDelete, IDictionary<string, object> arguments, CancellationToken cancellationToken) =>
        inner.ExchangeDeclare(exchange, type, durable, autoDelete, arguments, cancellationToken);

    public Task ExchangeDeclarePassive(string exchange, CancellationToken cancellationToken) =>
        inner.ExchangeDeclarePassive(exchange, cancellationToken);

    public virtual Task QueueBind(
        string queue, string exchange, string routingKey, IDictionary<string, object> arguments, CancellationToken cancellationToken) =>
        inner.QueueBind(queue, exchange, routingKey, arguments, cancellationToken);

    public Task<uint> QueuePurge(string queue, CancellationToken cancellationToken) => inner.QueuePurge(queue, cancellationToken);

    public void NotifyFaulted(Exception exception, Uri inputAddress) => inner.NotifyFaulted(exception, inputAddress);
}
