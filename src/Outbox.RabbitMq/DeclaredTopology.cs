using System.Collections.Concurrent;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Messaging.Outbox.RabbitMq;

/// <summary>
/// The exchanges and bindings that the endpoints of this process have declared, to declare them again. Those that end with their process are left out.
/// </summary>
internal sealed class DeclaredTopology
{
    private readonly ConcurrentDictionary<string, (string Type, IDictionary<string, object?>? Arguments)> _exchanges = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Binding, IDictionary<string, object?>?> _bindings = new();

    public bool IsEmpty => _exchanges.IsEmpty;

    public void AddExchange(string name, string type, bool durable, bool autoDelete, IDictionary<string, object?>? arguments)
    {
        if (durable && !autoDelete)
        {
            _exchanges[name] = (type, arguments);
        }
    }

    /// <param name="source">The exchange that passes messages on.</param>
    /// <param name="destination">The exchange or queue that gets them.</param>
    /// <param name="routingKey">Which of them.</param>
    /// <param name="toQueue">Whether the destination is a queue.</param>
    /// <param name="arguments">Of the binding.</param>
    public void AddBinding(string source, string destination, string routingKey, bool toQueue, IDictionary<string, object?>? arguments)
    {
        if (_exchanges.ContainsKey(source) && (toQueue || _exchanges.ContainsKey(destination)))
        {
            _bindings[new Binding(source, destination, routingKey, toQueue)] = arguments;
        }
    }

    /// <summary>Declares everything again, which changes nothing as long as it is there.</summary>
    /// <param name="open">Opens a channel; the broker closes it when it refuses a declaration.</param>
    /// <param name="refused">Is told what the broker refuses: that has to keep nothing else from coming back.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task DeclareAsync(Func<CancellationToken, Task<IChannel>> open, Action<string> refused, CancellationToken cancellationToken)
    {
        IChannel? channel = null;
        try
        {
            foreach (var declare in Declarations())
            {
                channel ??= await open(cancellationToken);
                try
                {
                    await declare(channel, cancellationToken).WaitAsync(cancellationToken);
                }
                catch (OperationInterruptedException exception) when (exception.ShutdownReason is { Initiator: ShutdownInitiator.Peer } reason)
                {
                    refused(reason.ReplyText);
                    await channel.DisposeAsync();
                    channel = null;
                }
            }
        }
        finally
        {
            await (channel?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
    }

    private IEnumerable<Func<IChannel, CancellationToken, Task>> Declarations() =>
        _exchanges
            .Select(exchange => (Func<IChannel, CancellationToken, Task>)((channel, token) => channel.ExchangeDeclareAsync(
                exchange.Key, exchange.Value.Type, durable: true, autoDelete: false, exchange.Value.Arguments, cancellationToken: token)))
            .Concat(_bindings.Select(binding => (Func<IChannel, CancellationToken, Task>)((channel, token) => binding.Key.ToQueue
                ? channel.QueueBindAsync(binding.Key.Destination, binding.Key.Source, binding.Key.RoutingKey, binding.Value, cancellationToken: token)
                : channel.ExchangeBindAsync(binding.Key.Destination, binding.Key.Source, binding.Key.RoutingKey, binding.Value, cancellationToken: token))));

    private sealed record Binding(string Source, string Destination, string RoutingKey, bool ToQueue);
}
