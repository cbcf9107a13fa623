using MassTransit;
using MassTransit.Configuration;
using MassTransit.RabbitMqTransport.Configuration;
using Messaging.Outbox.RabbitMq;

namespace Messaging.EndToEnd.Tests.RabbitMq;

/// <summary>How long an endpoint waits before it connects again, however often its connection was lost before.</summary>
public sealed class RabbitMqReconnectingTests
{
    [Fact]
    public void Delays_stay_short_over_the_life_of_a_process()
    {
        IRetryPolicy? policy = null;
        Bus.Factory.CreateUsingRabbitMq(bus =>
        {
            bus.ReconnectSoon();
            var field = typeof(RabbitMqBusFactoryConfigurator).GetField("_hostConfiguration", System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)!;
            policy = ((IHostConfiguration)field.GetValue(bus)!).ReceiveTransportRetryPolicy;
        });

        Assert.False(policy!.IsHandled(new InvalidOperationException()));
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

    private sealed class Pipe() : MassTransit.Middleware.BasePipeContext(CancellationToken.None);
}
