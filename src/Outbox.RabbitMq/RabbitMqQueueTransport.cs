using System.Threading.Channels;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Messaging.Outbox.RabbitMq;

/// <summary>Counts and takes the messages of a RabbitMQ queue. Every call has a deadline, so a hanging broker blocks no caller.</summary>
internal sealed class RabbitMqQueueTransport(IOptions<RabbitMqOptions> options) : IQueueTransport, IAsyncDisposable
{
    private const int BatchSize = 500;
    private const ushort NotFound = 404;
    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BatchDeadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromMilliseconds(500);
    private readonly RabbitMqChannels _channels = new(options, "queues");

    public async Task<long?> CountAsync(string queue, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(CallDeadline);
        try
        {
            await using var channel = await _channels.OpenAsync(deadline.Token);
            return (await channel.QueueDeclarePassiveAsync(queue, deadline.Token).WaitAsync(deadline.Token)).MessageCount;
        }
        catch (OperationInterruptedException exception) when (exception.ShutdownReason?.ReplyCode == NotFound)
        {
            return 0;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    public async Task<int> TakeAsync(
        string queue, int count, Func<IReadOnlyList<TakenMessage>, CancellationToken, Task> settle, CancellationToken cancellationToken)
    {
        var taken = 0;
        var last = 1;
        while (taken < count && last > 0 && !cancellationToken.IsCancellationRequested)
        {
            last = await TakeBatchAsync(queue, Math.Min(BatchSize, count - taken), settle, cancellationToken);
            taken += last;
        }

        return taken;
    }

    public ValueTask DisposeAsync() => _channels.DisposeAsync();

    /// <summary>
    /// Takes a batch with <c>basic.consume</c> and not <c>basic.get</c>: with RabbitMQ 3.10.8, most of 500 messages that were taken
    /// with <c>basic.get</c> and acknowledged together before the channel closed were back in the quorum queue. If the channel
    /// closes before the acknowledgement, all messages return to the queue.
    /// </summary>
    private async Task<int> TakeBatchAsync(
        string queue, int count, Func<IReadOnlyList<TakenMessage>, CancellationToken, Task> settle, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(BatchDeadline);
        await using var channel = await CallAsync(() => _channels.OpenAsync(deadline.Token));
        var batch = new List<TakenMessage>();
        var last = await CallAsync(() => CollectAsync(channel, queue, count, batch, deadline.Token));
        if (batch.Count > 0)
        {
            await settle(batch, deadline.Token);
            await CallAsync(async () =>
            {
                await channel.BasicAckAsync(last, multiple: true, deadline.Token);
                // the reply shows that the broker has processed the acknowledgement
                return await channel.QueueDeclarePassiveAsync(queue, deadline.Token).WaitAsync(deadline.Token);
            });
        }

        return batch.Count;
    }

    /// <returns>The tag of the last message.</returns>
    private static async Task<ulong> CollectAsync(
        IChannel channel, string queue, int count, List<TakenMessage> batch, CancellationToken cancellationToken)
    {
        var ready = await channel.QueueDeclarePassiveAsync(queue, cancellationToken).WaitAsync(cancellationToken);
        count = (int)Math.Min(count, ready.MessageCount);
        if (count == 0)
        {
            return 0;
        }

        var deliveries = Channel.CreateUnbounded<(ulong Tag, TakenMessage Message)>();
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivery) => await deliveries.Writer.WriteAsync(
            (delivery.DeliveryTag, ToTaken(delivery.BasicProperties, delivery.Body.ToArray())),
            CancellationToken.None);
        await channel.BasicQosAsync(0, (ushort)count, global: false, cancellationToken).WaitAsync(cancellationToken);
        var consumerTag = await channel.BasicConsumeAsync(
            queue,
            autoAck: false,
            consumerTag: "",
            noLocal: false,
            exclusive: false,
            new Dictionary<string, object?>(StringComparer.Ordinal) { ["x-priority"] = 10 }, // higher than the workers
            consumer,
            cancellationToken).WaitAsync(cancellationToken);

        var tag = 0UL;
        while (batch.Count < count && await WaitAsync(deliveries.Reader, cancellationToken) && deliveries.Reader.TryRead(out var delivery))
        {
            tag = delivery.Tag;
            batch.Add(delivery.Message);
        }

        // Cancel before the acknowledgement, after which the broker would deliver further messages.
        await channel.BasicCancelAsync(consumerTag, noWait: false, cancellationToken).WaitAsync(cancellationToken);
        return tag;
    }

    /// <returns>False if no message arrived within the timeout, because other consumers took the rest.</returns>
    private static async Task<bool> WaitAsync<T>(ChannelReader<T> reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.WaitToReadAsync(cancellationToken).AsTask().WaitAsync(IdleTimeout, cancellationToken);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static async Task<T> CallAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (OperationInterruptedException exception) when (exception.ShutdownReason?.ReplyCode == NotFound)
        {
            return default!; // the queue does not exist, so it has no messages
        }
        catch (Exception exception)
        {
            throw new QueueTransportException("The messages of the RabbitMQ queue cannot be read.", exception);
        }
    }

    private static TakenMessage ToTaken(IReadOnlyBasicProperties properties, byte[] body) =>
        new(properties.MessageId, [.. properties.Headers ?? Enumerable.Empty<KeyValuePair<string, object?>>()], properties.ContentType, body);
}
