using MassTransit;
using MassTransit.Configuration;
using MassTransit.RabbitMqTransport.Configuration;
using Messaging.Outbox.RabbitMq;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Messaging.EndToEnd.Tests.RabbitMq;

/// <summary>How long an endpoint waits before it connects again, however often its connection was lost before.</summary>
public sealed class RabbitMqReconnectingTests
{
    [Fact]
    public void Delays_stay_short_over_the_life_of_a_process()
    {
        var policy = Policy();
        Assert.False(policy.IsHandled(new InvalidOperationException()));
        var lost = new RabbitMqConnectionException("lost");
        var context = policy.CreatePolicyContext(new Pipe());
        RetryContext<Pipe>? retry = null;
        for (var loss = 0; loss < 100; loss++)
        {
            // As the transport does: when a policy has no more delays, it begins with the first again.
            if (retry is null || !retry.CanRetry(lost, out var next))
            {
                Assert.True(context.CanRetry(lost, out next));
            }

            retry = next;
            Assert.InRange(retry.Delay ?? TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        }
    }

    [Fact]
    public void A_channel_closed_by_a_large_message_takes_no_endpoint_down()
    {
        var closed = new OperationInterruptedException(new ShutdownEventArgs(
            ShutdownInitiator.Peer, 406, "PRECONDITION_FAILED - message size 20000000 is larger than configured max size 16777216"));

        Assert.False(Policy().IsHandled(closed)); // of a send
        Assert.True(Policy().IsHandled(new RabbitMqConnectionException("ReceiveTransport faulted: ", closed))); // of an endpoint
    }

    private static IRetryPolicy Policy()
    {
        IRetryPolicy? policy = null;
        Bus.Factory.CreateUsingRabbitMq(bus =>
        {
            bus.ReconnectSoon();
            var field = typeof(RabbitMqBusFactoryConfigurator).GetField("_hostConfiguration", System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)!;
            policy = ((IHostConfiguration)field.GetValue(bus)!).ReceiveTransportRetryPolicy;
        });
        return policy!;
    }

    private sealed class Pipe() : MassTransit.Middleware.BasePipeContext(CancellationToken.None);
}
