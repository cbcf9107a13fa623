using Messaging.Outbox.Transport;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Messaging.Outbox.RabbitMq;

/// <summary>
/// A channel with publisher confirms for one batch at a time. Sequence numbers are consecutive, so a confirmation maps to an index
/// in the batch. It replaces the confirm tracking of RabbitMQ.Client, which allocates a task and a header for each message although
/// the broker confirms many messages at once.
/// </summary>
internal sealed class ConfirmedChannel : IAsyncDisposable
{
    private readonly IChannel _channel;
    private Batch? _batch;

    public ConfirmedChannel(IChannel channel)
    {
        _channel = channel;
        channel.BasicAcksAsync += (_, ack) => Settle(ack.DeliveryTag, ack.Multiple, isConfirmed: true);
        channel.BasicNacksAsync += (_, nack) => Settle(nack.DeliveryTag, nack.Multiple, isConfirmed: false);
        channel.BasicReturnAsync += OnReturnAsync;
        channel.ChannelShutdownAsync += (_, _) => EndAsync();
    }

    /// <summary>Whether the last batch was confirmed completely and the channel is still open.</summary>
    public bool IsUsable => _channel.IsOpen && _batch is not { Answered.IsCompleted: false };

    /// <summary>What the broker said when it closed the channel; null if it is open.</summary>
    public string? CloseReason => _channel.CloseReason?.ReplyText;

    /// <returns>The result of each message.</returns>
    public async Task<IReadOnlyList<PublishResult>> PublishAsync(IReadOnlyList<Publication> messages, CancellationToken cancellationToken)
    {
        var batch = new Batch(messages, await _channel.GetNextPublishSequenceNumberAsync(cancellationToken));
        _batch = batch;
        try
        {
            foreach (var message in messages)
            {
                var written = _channel.BasicPublishAsync(
                    message.Exchange, message.RoutingKey, mandatory: true, message.Properties, message.Body, cancellationToken);
                if (!written.IsCompletedSuccessfully)
                {
                    await written.AsTask().WaitAsync(cancellationToken);
                }
            }

            if (!_channel.IsOpen)
            {
                batch.End(); // the channel closed before the batch was registered
            }

            await batch.Answered.WaitAsync(cancellationToken);
        }
        catch (Exception)
        {
            // Messages that were confirmed before the exception count as confirmed.
        }

        return batch.Results();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _channel.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(1));
        }
        catch (Exception)
        {
            // The channel was broken and is no longer used.
        }
    }

    private Task Settle(ulong tag, bool multiple, bool isConfirmed)
    {
        _batch?.Settle(tag, multiple, isConfirmed);
        return Task.CompletedTask;
    }

    private Task OnReturnAsync(object sender, BasicReturnEventArgs returned)
    {
        _batch?.Return(returned.BasicProperties.MessageId);
        return Task.CompletedTask;
    }

    private Task EndAsync()
    {
        _batch?.End();
        return Task.CompletedTask;
    }

    private sealed class Batch(IReadOnlyList<Publication> messages, ulong first)
    {
        private enum Answer : byte
        {
            None,
            Confirmed,
            Refused,
        }

        private readonly Lock _lock = new();
        private readonly Answer[] _answers = new Answer[messages.Count];
        private readonly HashSet<string?> _returned = new(StringComparer.Ordinal);
        private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _open = messages.Count;
        private int _next; // all messages before it are settled

        public Task Answered => _answered.Task;

        public void Settle(ulong tag, bool multiple, bool isConfirmed)
        {
            lock (_lock)
            {
                if (tag < first)
                {
                    return; // a confirmation of an abandoned batch
                }

                var last = (int)Math.Min(tag - first, (ulong)_answers.Length - 1);
                for (var i = multiple ? _next : last; i <= last; i++)
                {
                    if (_answers[i] == Answer.None)
                    {
                        _answers[i] = isConfirmed ? Answer.Confirmed : Answer.Refused;
                        _open--;
                    }
                }

                _next = multiple ? Math.Max(_next, last + 1) : _next;
                if (_open == 0)
                {
                    _answered.TrySetResult();
                }
            }
        }

        /// <summary>Records that no queue takes the message; the broker reports this before it confirms the message.</summary>
        public void Return(string? messageId)
        {
            lock (_lock)
            {
                _returned.Add(messageId);
            }
        }

        public void End() => _answered.TrySetResult();

        /// <summary>
        /// All messages are published as mandatory, so that the broker returns those without a queue. A returned message that
        /// must reach a queue counts as not confirmed.
        /// </summary>
        public PublishResult[] Results()
        {
            lock (_lock)
            {
                return [.. messages.Select((m, i) =>
                    _answers[i] != Answer.Confirmed ? PublishResult.NotConfirmed
                    : !_returned.Contains(m.Properties.MessageId) ? PublishResult.Confirmed
                    : m.Mandatory ? PublishResult.NotConfirmed
                    : PublishResult.Unsubscribed)];
            }
        }
    }
}
