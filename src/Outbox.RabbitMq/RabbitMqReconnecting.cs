using System.Reflection;
using MassTransit;
using MassTransit.Configuration;
using MassTransit.RetryPolicies;
using MassTransit.RabbitMqTransport.Configuration;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.RabbitMq;

/// <summary>
/// Sets how long an endpoint waits before it reconnects. MassTransit waits 3 to 30 s, longer after each lost connection, and never
/// resets the delay: after several failovers a worker was idle for 19 s although two nodes were running. MassTransit has no setting
/// for it, so its policy is replaced by reflection (docs/decisions/0030).
/// </summary>
internal static class RabbitMqReconnecting
{
    /// <summary>The delays, repeated in this order; MassTransit adds one second to each.</summary>
    private static readonly TimeSpan[] Delays = [TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)];

    private const BindingFlags Private = BindingFlags.Instance | BindingFlags.NonPublic;

    /// <summary>Called before the bus is built.</summary>
    /// <exception cref="NotSupportedException">This version of MassTransit stores its policy differently.</exception>
    public static void ReconnectSoon(this IRabbitMqBusFactoryConfigurator bus)
    {
        var host = bus.GetType().GetField("_hostConfiguration", Private)?.GetValue(bus) as RabbitMqHostConfiguration;
        var policy = typeof(RabbitMqHostConfiguration).GetField($"<{nameof(IHostConfiguration.ReceiveTransportRetryPolicy)}>k__BackingField", Private);
        if (host is null || policy is null)
        {
            throw new NotSupportedException(
                $"MassTransit.RabbitMQ {typeof(RabbitMqHostConfiguration).Assembly.GetName().Version} stores its reconnection delays differently from 8.5.12: use that version.");
        }

        policy.SetValue(host, new IntervalRetryPolicy(new HandledBy(host.ReceiveTransportRetryPolicy), Delays));
    }

    /// <summary>
    /// Matches the exceptions that MassTransit's own policy retries, without those of a message that is too large: MassTransit would send it until the deadline of its batch, and close
    /// the channel of all others each time. An endpoint may meet a channel that was closed so, and must come back: MassTransit wraps what ends one in a <see cref="ConnectionException"/>, and not
    /// what the broker answers to a send.
    /// </summary>
    private sealed class HandledBy(IRetryPolicy policy) : IExceptionFilter
    {
        public bool Match(Exception exception) => policy.IsHandled(exception) && (exception is ConnectionException || !BodyLimit.IsNamedIn(exception));

        public void Probe(ProbeContext context) => policy.Probe(context);
    }
}
