using System.Collections.Concurrent;
using MassTransit;

namespace Messaging.Outbox.Tests.MassTransit.Pipeline;

/// <summary>Counts the deliveries that came to an end, by queue.</summary>
public sealed class ReceiveCounter : IReceiveObserver
{
    private readonly ConcurrentDictionary<string, int> _received = new();
    private int _inHand;

    public int Of(string queue) => _received.GetValueOrDefault(queue);

    /// <summary>Deliveries that have not come to an end.</summary>
    public int InFlight => _inHand;

    public Task PreReceive(ReceiveContext context)
    {
        Interlocked.Increment(ref _inHand);
        return Task.CompletedTask;
    }

    public Task PostReceive(ReceiveContext context)
    {
        Interlocked.Decrement(ref _inHand);
        _received.AddOrUpdate(context.InputAddress.AbsolutePath.Split('/')[^1], 1, (_, count) => count + 1);
        return Task.CompletedTask;
    }

    public Task PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType)
        where T : class => Task.CompletedTask;

    public Task ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception)
        where T : class => Task.CompletedTask;

    public Task ReceiveFault(ReceiveContext context, Exception exception)
    {
        Interlocked.Decrement(ref _inHand);
        return Task.CompletedTask;
    }
}
