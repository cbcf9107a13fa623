using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using Messaging.Outbox.Rows;
using RabbitMQ.Client;

namespace Messaging.Outbox.RabbitMq;

/// <summary>
/// Finds messages that the broker does not take, before they are sent. It does not refuse them: for a body that is too large it closes the channel, and for
/// headers that exceed a frame the connection, with all that others send and consume over it; and again at each retry, until its neighbours have been
/// delivered too often. A body that no worker could receive would do the same to the workers.
/// </summary>
/// <remarks>
/// AMQP reports the size of a frame, but not that of a message. It is found by a probe: zeros of the next power of two, to an exchange without queues. The
/// broker drops them, or closes the probe's own channel and names its limit. It is an exchange of its own, since not every user may write to the default one.
/// </remarks>
internal sealed partial class BrokerLimits(RabbitMqChannels channels) : IDisposable
{
    /// <summary>Every broker takes this; its default is 16 MiB, or 128 MiB before version 4.</summary>
    private const int AlwaysTaken = 1_024 * 1_024;

    /// <summary>Characters of metadata whose headers are taken: a character is at most three bytes, and frames of less than 16 KiB are unusual.</summary>
    private const int AlwaysFits = 4_096;

    /// <summary>The bytes of a header frame for the properties, and for headers that MassTransit adds.</summary>
    private const int OfBus = 4_096;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private (IConnection? Of, long Taken, long? Largest) _known;

    /// <param name="message">The message.</param>
    /// <param name="headers">Its headers; not read unless they may be too large.</param>
    /// <param name="cancellationToken">Cancels the probe.</param>
    /// <returns>Why the broker does not take the message; null if it does, or if that cannot be found out now.</returns>
    public ValueTask<string?> RefusalOfAsync(OutboxMessage message, Func<IReadOnlyDictionary<string, object>> headers, CancellationToken cancellationToken) =>
        message.Body.Length > AlwaysTaken || message.Metadata.Length > AlwaysFits
            ? FindAsync(message.Body.Length, headers, cancellationToken)
            : ValueTask.FromResult<string?>(null);

    public void Dispose() => _turn.Dispose();

    private async ValueTask<string?> FindAsync(int body, Func<IReadOnlyDictionary<string, object>> headers, CancellationToken cancellationToken)
    {
        try
        {
            var connection = await channels.ConnectAsync(cancellationToken);
            if (connection.FrameMax > 0 && headers().Sum(BytesOf) is var bytes && bytes + OfBus > connection.FrameMax)
            {
                return Text($"Its headers have {bytes} bytes. The broker takes {connection.FrameMax} with all properties (frame_max): put data into the message.");
            }

            return body > ConnectionFactory.DefaultMaxInboundMessageBodySize
                ? Text($"It has {body} bytes. A worker can receive {ConnectionFactory.DefaultMaxInboundMessageBodySize}: put the data elsewhere, and its address into the message.")
                : await LargestAsync(connection, body, cancellationToken) is { } largest && body > largest
                    ? Text($"It has {body} bytes. The broker takes {largest} (max_message_size in rabbitmq.conf): put the data elsewhere, and its address into the message.")
                    : null;
        }
        catch (Exception)
        {
            return null; // the broker cannot be asked; sending the message shows why
        }
    }

    /// <returns>The largest message that the broker takes; null if it takes this size, or if it does not tell.</returns>
    private async Task<long?> LargestAsync(IConnection connection, int size, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_known.Of != connection)
            {
                _known = (connection, AlwaysTaken, null); // it may be another version now
            }

            if (size > _known.Taken && _known.Largest is null)
            {
                var probed = (int)Math.Min(BitOperations.RoundUpToPowerOf2((uint)size), ConnectionFactory.DefaultMaxInboundMessageBodySize);
                _known = (connection, probed, await ProbeAsync(connection, probed, cancellationToken));
            }

            return _known.Largest;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <returns>The largest message that the broker takes, if this one is larger.</returns>
    private static async Task<long?> ProbeAsync(IConnection connection, int size, CancellationToken cancellationToken)
    {
        var exchange = $"outbox-size-{Guid.NewGuid():N}";
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), cancellationToken);
        try
        {
            await channel.ExchangeDeclareAsync(exchange, ExchangeType.Fanout, durable: false, cancellationToken: cancellationToken);
            await channel.BasicPublishAsync(exchange, "", mandatory: false, new BasicProperties(), new byte[size], cancellationToken);
            return null;
        }
        catch (Exception) when (channel.CloseReason is { } reason)
        {
            return Limit().Match(reason.ReplyText) is { Success: true } match ? long.Parse(match.Groups["max"].ValueSpan, CultureInfo.InvariantCulture) : null;
        }
        finally
        {
            await using var other = await connection.CreateChannelAsync(options: null, cancellationToken);
            await other.ExchangeDeleteAsync(exchange, cancellationToken: cancellationToken);
        }
    }

    private static long BytesOf(KeyValuePair<string, object> header) => 6 + Encoding.UTF8.GetByteCount(header.Key) + header.Value switch
    {
        string text => Encoding.UTF8.GetByteCount(text),
        byte[] bytes => bytes.Length,
        IEnumerable<string> texts => texts.Sum(text => 6L + Encoding.UTF8.GetByteCount(text)),
        Uri uri => Encoding.UTF8.GetByteCount(uri.OriginalString),
        _ => 64, // a number, a time or an id
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"larger than configured max size (?<max>\d{1,15})", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex Limit();
}
