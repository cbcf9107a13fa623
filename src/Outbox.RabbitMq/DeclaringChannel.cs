using MassTransit;
using MassTransit.RabbitMqTransport;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Messaging.Outbox.RabbitMq;

/// <summary>
/// Declares the queues of an endpoint. An existing queue with other arguments is used as it is, and a warning describes the
/// difference: the arguments of a queue cannot be changed, and MassTransit alone would not consume from it. Exchanges and bindings are recorded.
/// </summary>
/// <remarks>It declares on a separate channel, because the broker closes the channel when it refuses the declaration.</remarks>
internal sealed class DeclaringChannel(ChannelContext inner, QueuePolicy policy, DeclaredTopology topology) : ChannelProxy(inner)
{
    private const ushort PreconditionFailed = 406;

    public override async Task<QueueDeclareOk> QueueDeclare(
        string queue, bool durable, bool exclusive, bool autoDelete, IDictionary<string, object> arguments, CancellationToken cancellationToken)
    {
        var connection = ConnectionContext.Connection;
        policy.EnsureSupported(queue, ConsumerTimeout.VersionOf(connection));
        if (exclusive)
        {
            return await base.QueueDeclare(queue, durable, exclusive, autoDelete, arguments, cancellationToken);
        }

        try
        {
            await using var channel = await connection.CreateChannelAsync(options: null, cancellationToken);
            return await channel.QueueDeclareAsync(
                queue, durable, exclusive, autoDelete, arguments!, passive: false, noWait: false, cancellationToken: cancellationToken);
        }
        catch (OperationInterruptedException exception) when (HasOtherArguments(exception))
        {
            policy.UseExisting(queue, exception.ShutdownReason!.ReplyText);
            return await QueueDeclarePassive(queue, cancellationToken);
        }
    }

    public override async Task ExchangeDeclare(
        string exchange, string type, bool durable, bool autoDelete, IDictionary<string, object> arguments, CancellationToken cancellationToken)
    {
        await base.ExchangeDeclare(exchange, type, durable, autoDelete, arguments, cancellationToken);
        topology.AddExchange(exchange, type, durable, autoDelete, arguments!);
    }

    public override async Task ExchangeBind(
        string destination, string source, string routingKey, IDictionary<string, object> arguments, CancellationToken cancellationToken)
    {
        await base.ExchangeBind(destination, source, routingKey, arguments, cancellationToken);
        topology.AddBinding(source, destination, routingKey, toQueue: false, arguments!);
    }

    public override async Task QueueBind(
        string queue, string exchange, string routingKey, IDictionary<string, object> arguments, CancellationToken cancellationToken)
    {
        await base.QueueBind(queue, exchange, routingKey, arguments, cancellationToken);
        topology.AddBinding(exchange, queue, routingKey, toQueue: true, arguments!);
    }

    private static bool HasOtherArguments(OperationInterruptedException exception) =>
        exception.ShutdownReason is { ReplyCode: PreconditionFailed } reason && reason.ReplyText.Contains("inequivalent arg", StringComparison.Ordinal);
}

/// <summary>Wraps the channel of an endpoint in a <see cref="DeclaringChannel"/>.</summary>
internal sealed class DeclaringChannelFilter(QueuePolicy policy, DeclaredTopology topology) : IFilter<ChannelContext>
{
    public Task Send(ChannelContext context, IPipe<ChannelContext> next) => next.Send(new DeclaringChannel(context, policy, topology));

    public void Probe(ProbeContext context) => context.CreateFilterScope("declaringChannel");
}

/// <summary>The requirements of an endpoint for its queue, besides the arguments.</summary>
/// <param name="queue">The endpoint's own queue.</param>
/// <param name="retry">The retry policy, if the broker's consumer timeout is too short for it; otherwise null.</param>
/// <param name="consumerTimeout">The broker's consumer timeout.</param>
/// <param name="logger">Logs differences.</param>
internal sealed partial class QueuePolicy(string queue, RetryOptions? retry, TimeSpan consumerTimeout, ILogger logger)
{
    private readonly HashSet<string> _logged = new(StringComparer.Ordinal);

    public void EnsureSupported(string declared, Version? version)
    {
        if (retry is not null && declared == queue)
        {
            ConsumerTimeout.EnsureSupported(queue, retry, consumerTimeout, version);
        }
    }

    /// <summary>Logs the warning once for each queue, however often the connection is lost.</summary>
    public void UseExisting(string declared, string difference)
    {
        lock (_logged)
        {
            if (!_logged.Add(declared))
            {
                return;
            }
        }

        LogOtherArguments(declared, difference);
    }

    [LoggerMessage(
        EventId = 1913, EventName = "QueueArgumentsDiffer", Level = LogLevel.Warning,
        Message = "Queue {Queue} exists with arguments that differ from the settings, and is used as it is: {Difference}. Arguments of a queue cannot be changed: set a policy "
        + "('rabbitmqctl set_policy'), or drain the queue, delete it and restart")]
    private partial void LogOtherArguments(string queue, string difference);
}
