using MassTransit;
using MassTransit.Context;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Redelivery;

/// <summary>Keeps back that an attempt failed until the message is given up, so that <c>Fault&lt;T&gt;</c> is published once.</summary>
internal sealed class HeldFaultsContext<T>(ConsumeContext<T> context) : ConsumeContextScope<T>(context)
    where T : class
{
    private Func<Task>? _notify;

    public override Task NotifyFaulted<TMessage>(
        ConsumeContext<TMessage> context, TimeSpan duration, string consumerType, Exception exception)
    {
        _notify = () => base.NotifyFaulted(new WithoutOwnHeaders<TMessage>(context), duration, consumerType, ToldException.Of(exception));
        return Task.CompletedTask;
    }

    /// <summary>Publishes what was kept back. That this fails - the message may not be serializable - is not to replace what failed before.</summary>
    public async Task NotifyHeldFaultsAsync(Action<Exception> report)
    {
        try
        {
            await (_notify?.Invoke() ?? Task.CompletedTask);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            report(exception);
        }
    }
}
