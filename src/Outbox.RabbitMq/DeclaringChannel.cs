using MassTransit;
using MassTransit.RabbitMqTransport;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Messaging.Outbox.RabbitMq;

/// <summary>
/// Declares the queues of an endpoint. One that is there with other arguments is used as it is, and a warning names what is different: arguments
/// of a queue cannot be changed, and MassTransit would consume nothing.
/// </summary>
/// <remarks>
/// It declares on a channel of its own, which the broker closes when it says no; the endpoint's goes on.
/// </remarks>
internal sealed class DeclaringChannel(ChannelContext inner, QueuePolicy policy) : ChannelProxy(inner)
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
        catch (OperationInterruptedException exception) when (IsOtherwise(exception))
        {
            policy.KeepAsItIs(queue, exception.ShutdownReason!.ReplyText);
            return await QueueDeclarePassive(queue, cancellationToken);
        }
    }

    private static bool IsOtherwise(OperationInterruptedException exception) =>
        exception.ShutdownReason is { ReplyCode: PreconditionFailed } reason && reason.ReplyText.Contains("inequivalent arg", StringComparison.Ordinal);
}

/// <summary>Puts the channel of an endpoint into a <see cref="DeclaringChannel"/>.</summary>
internal sealed class DeclaringChannelFilter(QueuePolicy policy) : IFilter<ChannelContext>
{
    public Task Send(ChannelContext context, IPipe<ChannelContext> next) => next.Send(new DeclaringChannel(context, policy));

    public void Probe(ProbeContext context) => context.CreateFilterScope("declaringChannel");
}

/// <summary>What an endpoint asks of its queue, beside the arguments.</summary>
/// <param name="queue">The endpoint's own queue.</param>
/// <param name="retry">Its policy, if the broker's consumer timeout is too short for it; or null.</param>
/// <param name="consumerTimeout">The broker's consumer timeout.</param>
/// <param name="logger">Where a difference is told.</param>
internal sealed partial class QueuePolicy(string queue, RetryOptions? retry, TimeSpan consumerTimeout, ILogger logger)
{
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    public void EnsureSupported(string declared, Version? version)
    {
        if (retry is not null && declared == queue)
        {
            ConsumerTimeout.EnsureSupported(queue, retry, consumerTimeout, version);
        }
    }

    /// <summary>Warns once for each queue, however often the connection is lost.</summary>
    public void KeepAsItIs(string declared, string difference)
    {
        lock (_told)
        {
            if (!_told.Add(declared))
            {
                return;
            }
        }

        LogKept(declared, difference);
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Queue {Queue} exists with other arguments than the settings ask for, and is used as it is: {Difference}. Arguments of a queue cannot be changed: set a policy "
        + "('rabbitmqctl set_policy'), or drain the queue, delete it and start again")]
    private partial void LogKept(string queue, string difference);
}
