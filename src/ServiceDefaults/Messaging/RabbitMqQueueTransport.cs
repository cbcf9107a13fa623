using System.Text;
using Messaging.Outbox;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Messaging.ServiceDefaults.Messaging;

/// <summary>Counts and takes what lies in a queue of RabbitMQ. Every call has a deadline: a broker that says nothing holds nobody up.</summary>
internal sealed class RabbitMqQueueTransport(IOptions<RabbitMqOptions> options) : IQueueTransport, IAsyncDisposable
{
    private const int BatchSize = 500;
    private const ushort NotFound = 404;
    private const string TaskId = "Task-Id";
    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BatchDeadline = TimeSpan.FromSeconds(10);
    private readonly RabbitMqChannels _channels = new(options);

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

    /// <summary>A channel that is closed with messages unacknowledged gives them back.</summary>
    private async Task<int> TakeBatchAsync(
        string queue, int count, Func<IReadOnlyList<TakenMessage>, CancellationToken, Task> settle, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(BatchDeadline);
        await using var channel = await AskAsync(() => _channels.OpenAsync(deadline.Token));
        var batch = new List<TakenMessage>();
        var tag = 0UL;
        while (batch.Count < count)
        {
            var message = await AskAsync(() => channel.BasicGetAsync(queue, autoAck: false, deadline.Token).WaitAsync(deadline.Token));
            if (message is null)
            {
                break;
            }

            tag = message.DeliveryTag;
            batch.Add(new TakenMessage(TaskIdOf(message.BasicProperties), message.BasicProperties.ContentType, message.Body.ToArray()));
        }

        if (batch.Count == 0)
        {
            return 0;
        }

        await settle(batch, deadline.Token);
        await AskAsync(async () =>
        {
            await channel.BasicAckAsync(tag, multiple: true, deadline.Token);
            return true;
        });
        return batch.Count;
    }

    private static async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (OperationInterruptedException exception) when (exception.ShutdownReason?.ReplyCode == NotFound && default(T) is null)
        {
            return default!; // no such queue, and so no message
        }
        catch (Exception exception)
        {
            throw new QueueTransportException("RabbitMQ cannot be asked for its messages.", exception);
        }
    }

    private static string? TaskIdOf(IReadOnlyBasicProperties properties) =>
        properties.Headers is { } headers && headers.TryGetValue(TaskId, out var value)
            ? value is byte[] text ? Encoding.UTF8.GetString(text) : value?.ToString()
            : null;
}
