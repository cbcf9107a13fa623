using System.Collections.Concurrent;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;

namespace Messaging.Outbox.RabbitMq;

/// <summary>
/// The fast lane for publishing: it uses RabbitMQ.Client without MassTransit's pipeline. Each batch has a channel to itself and
/// is written completely before the first confirmation is awaited. The messages are the same as those that MassTransit publishes.
/// </summary>
internal sealed class RabbitMqPublisher(IOptions<RabbitMqOptions> options) : IMessagePublisher, IAsyncDisposable
{
    private const string ExchangeProperty = "RMQ-Exchange", RoutingKeyProperty = "RMQ-RoutingKey";

    private readonly RabbitMqChannels _channels = new(options, "outbox");
    private readonly ConcurrentBag<ConfirmedChannel> _idle = [];

    /// <inheritdoc />
    public async Task<IReadOnlyList<PublishResult>> PublishAsync(IReadOnlyList<CompleteMessage> messages, CancellationToken cancellationToken)
    {
        if (!messages.All(IsPublishable))
        {
            return new PublishResult[messages.Count]; // rare; MassTransit sends these messages
        }

        ConfirmedChannel? channel = null;
        try
        {
            channel = await RentAsync(cancellationToken);
            var confirmed = await channel.PublishAsync([.. messages.Select(ToPublication)], cancellationToken);
            if (channel.IsUsable)
            {
                _idle.Add(channel);
                channel = null;
            }

            return confirmed;
        }
        catch (Exception)
        {
            return new PublishResult[messages.Count]; // the broker is unavailable
        }
        finally
        {
            if (channel is not null)
            {
                await channel.DisposeAsync();
            }
        }
    }

    public ValueTask DisposeAsync() => _channels.DisposeAsync();

    private async Task<ConfirmedChannel> RentAsync(CancellationToken cancellationToken)
    {
        while (_idle.TryTake(out var idle))
        {
            if (idle.IsUsable)
            {
                return idle;
            }

            await idle.DisposeAsync();
        }

        return new ConfirmedChannel(await _channels.OpenAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false), cancellationToken));
    }

    /// <summary>Whether the message has only known properties and its destination is in this virtual host.</summary>
    private bool IsPublishable(CompleteMessage message) =>
        message.Properties.ContainsKey(ExchangeProperty)
        && message.Properties.All(p => p.Key is ExchangeProperty or RoutingKeyProperty && p.Value is string)
        && VirtualHostOf(message.Destination) == options.Value.VirtualHost.Trim('/');

    private static string VirtualHostOf(Uri destination)
    {
        var path = destination.AbsolutePath.Trim('/');
        var end = path.IndexOf('/', StringComparison.Ordinal);
        return end < 0 ? "" : Uri.UnescapeDataString(path[..end]).Trim('/');
    }

    private static Publication ToPublication(CompleteMessage message)
    {
        var properties = new BasicProperties
        {
            ContentType = message.ContentType,
            Persistent = true,
            MessageId = message.MessageId.ToString(),
            Headers = message.Headers.ToDictionary(h => h.Key, h => (object?)h.Value, StringComparer.Ordinal),
        };
        if (message.CorrelationId is { } correlationId)
        {
            properties.CorrelationId = correlationId.ToString();
        }

        return new Publication(
            (string)message.Properties[ExchangeProperty],
            message.Properties.TryGetValue(RoutingKeyProperty, out var routingKey) ? (string)routingKey : "",
            message.Mandatory,
            properties,
            message.Body);
    }
}

/// <summary>A message as RabbitMQ.Client publishes it.</summary>
internal sealed record Publication(string Exchange, string RoutingKey, bool Mandatory, BasicProperties Properties, ReadOnlyMemory<byte> Body);
