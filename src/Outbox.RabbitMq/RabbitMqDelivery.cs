using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Messaging.Outbox.FastLane;
using Messaging.Outbox.Transport;
using RabbitMQ.Client;

namespace Messaging.Outbox.RabbitMq;

/// <summary>The metadata of a RabbitMQ delivery.</summary>
internal sealed record RabbitMqFrame(string ConsumerTag, ulong DeliveryTag, string Exchange, string RoutingKey, IReadOnlyBasicProperties Properties);

/// <summary>
/// A delivery that the fast lane may take. RabbitMQ.Client reuses the body's buffer when its consumer returns, so this class
/// copies it.
/// </summary>
internal sealed class RabbitMqDelivery : OfferedDelivery
{
    private readonly ReceiveConsumer _consumer;
    private readonly RabbitMqFrame _frame;
    private readonly byte[] _buffer;
    private readonly int _length;

    public RabbitMqDelivery(ReceiveConsumer consumer, Uri inputAddress, RabbitMqFrame frame, ReadOnlyMemory<byte> body)
    {
        _consumer = consumer;
        _frame = frame;
        _length = body.Length;
        _buffer = ArrayPool<byte>.Shared.Rent(_length);
        body.CopyTo(_buffer);
        InputAddress = inputAddress;
        consumer.Enter();
    }

    public override Uri InputAddress { get; }

    public override ReadOnlyMemory<byte> Body => _buffer.AsMemory(0, _length);

    public override string? ContentType => _frame.Properties.ContentType;

    public override IEnumerable<string> HeaderNames => _frame.Properties.Headers?.Keys ?? Enumerable.Empty<string>();

    public override void Acknowledge()
    {
        _consumer.Acknowledge(_frame);
        Abandon();
    }

    public override void PassToPipeline() => _ = Task.Run(async () =>
    {
        try
        {
            await DeliverAsync();
        }
        catch (Exception exception)
        {
            _consumer.ReportUndelivered(exception);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }
    });

    public override void Abandon()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _consumer.Leave();
    }

    /// <summary>Properties of the frame count as headers too, unless a header has the same name.</summary>
    protected override bool TryGetHeader(string name, [MaybeNullWhen(false)] out object? value)
    {
        if (_frame.Properties.Headers?.TryGetValue(name, out value) == true)
        {
            return value is not null;
        }

        value = string.Equals(name, WireHeaders.MessageId, StringComparison.Ordinal) ? _frame.Properties.MessageId : null;
        return value is not null;
    }

    protected override IEnumerable<KeyValuePair<string, object>> Headers() =>
        (_frame.Properties.Headers ?? Enumerable.Empty<KeyValuePair<string, object?>>()).Where(h => h.Value is not null).Select(h => KeyValuePair.Create(h.Key, h.Value!));

    /// <summary>Leaves as soon as MassTransit counts the delivery itself, also if it refuses it: the stop waits for each that has entered.</summary>
    private Task DeliverAsync()
    {
        try
        {
            return _consumer.DeliverAsync(_frame, Body);
        }
        finally
        {
            _consumer.Leave();
        }
    }
}
