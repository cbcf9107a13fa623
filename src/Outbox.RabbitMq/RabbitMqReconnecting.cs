using System.Reflection;
using MassTransit;
using MassTransit.Configuration;
using MassTransit.RetryPolicies;
using MassTransit.RabbitMqTransport.Configuration;

namespace Messaging.Outbox.RabbitMq;

/// <summary>
/// How long an endpoint that has lost its connection waits for the next one. MassTransit waits 3 to 30 s, longer with each loss in the life of the
/// process and never shorter again: after some failovers a worker stood still for 19 s beside two nodes that were well. It has no
/// setting for that, so its policy is replaced where it keeps it (docs/decisions/0030).
/// </summary>
internal static class RabbitMqReconnecting
{
    /// <summary>Over and over; MassTransit adds a second to each.</summary>
    private static readonly TimeSpan[] Delays = [TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)];

    private const BindingFlags Private = BindingFlags.Instance | BindingFlags.NonPublic;

    /// <summary>Called before the bus is built.</summary>
    /// <exception cref="NotSupportedException">This MassTransit keeps its policy elsewhere.</exception>
    public static void ReconnectSoon(this IRabbitMqBusFactoryConfigurator bus)
    {
        var host = bus.GetType().GetField("_hostConfiguration", Private)?.GetValue(bus) as RabbitMqHostConfiguration;
        var policy = typeof(RabbitMqHostConfiguration).GetField($"<{nameof(IHostConfiguration.ReceiveTransportRetryPolicy)}>k__BackingField", Private);
        if (host is null || policy is null)
        {
            throw new NotSupportedException(
                $"MassTransit.RabbitMQ {typeof(RabbitMqHostConfiguration).Assembly.GetName().Version} keeps the delays of its reconnections elsewhere than 8.5.12 does: use that version.");
        }

        policy.SetValue(host, new IntervalRetryPolicy(new HandledBy(host.ReceiveTransportRetryPolicy), Delays));
    }

    /// <summary>What MassTransit's own policy tries again.</summary>
    private sealed class HandledBy(IRetryPolicy policy) : IExceptionFilter
    {
        public bool Match(Exception exception) => policy.IsHandled(exception);

        public void Probe(ProbeContext context) => policy.Probe(context);
    }
}
