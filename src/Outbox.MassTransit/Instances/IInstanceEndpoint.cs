using MassTransit;

namespace Messaging.Outbox;

/// <summary>
/// Whether this process receives the messages of its instance of <typeparamref name="TConsumer"/>, which
/// <see cref="InstanceConsumerExtensions.AddInstanceConsumer{TConsumer}"/> has added. While a process has no connection to the broker,
/// it has no queue and misses messages. Code that depends on every message must check this.
/// </summary>
public interface IInstanceEndpoint<TConsumer>
    where TConsumer : class, IConsumer
{
    /// <summary>
    /// The number of the connection over which it receives; null while it receives nothing. As long as the number is the same,
    /// nothing was missed; when it changes, messages may have been missed.
    /// </summary>
    long? Session { get; }
}
