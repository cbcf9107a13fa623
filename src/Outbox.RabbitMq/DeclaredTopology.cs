using System.Collections.Concurrent;
using RabbitMQ.Client;

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
    public async Task DeclareAsync(IChannel channel, CancellationToken cancellationToken)
    {
        foreach (var (name, (type, arguments)) in _exchanges)
        {
            await channel.ExchangeDeclareAsync(name, type, durable: true, autoDelete: false, arguments, cancellationToken: cancellationToken);
        }

        foreach (var (binding, arguments) in _bindings)
        {
            await (binding.ToQueue
                ? channel.QueueBindAsync(binding.Destination, binding.Source, binding.RoutingKey, arguments, cancellationToken: cancellationToken)
                : channel.ExchangeBindAsync(binding.Destination, binding.Source, binding.RoutingKey, arguments, cancellationToken: cancellationToken));
        }
    }

    private sealed record Binding(string Source, string Destination, string RoutingKey, bool ToQueue);
}
