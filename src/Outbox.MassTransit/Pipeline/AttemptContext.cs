using System.Collections.Concurrent;
using MassTransit;
using MassTransit.Context;
using Messaging.Outbox.MassTransit.Staging;

namespace Messaging.Outbox.MassTransit.Pipeline;

/// <summary>
/// The consume context of one attempt. It does not publish <c>Fault&lt;T&gt;</c> when a consumer fails, but only when the message is
/// dead-lettered, so that retries publish none.
/// </summary>
/// <param name="context">The delivery.</param>
/// <param name="retries">The number of retries within this delivery so far.</param>
internal sealed class AttemptContext<T>(ConsumeContext<T> context, int retries) : ConsumeContextScope<T>(context), ConsumeRetryContext
    where T : class
{
    private ConcurrentQueue<Task>? _sends; // most attempts need none

    private Func<Task>? _publishFault;

    /// <summary>The value of <c>context.GetRetryAttempt()</c>.</summary>
    public int RetryAttempt => retries;

    public int RetryCount => retries;

    /// <summary>
    /// What is published and sent belongs to the attempt. MassTransit waits for it at the end of the delivery: a failure would end a delivery whose
    /// next attempt has succeeded, or is deferred already.
    /// </summary>
    public override void AddConsumeTask(Task task) => LazyInitializer.EnsureInitialized(ref _sends, () => new ConcurrentQueue<Task>()).Enqueue(task);

    /// <summary>Waits for what was published and sent, also by code that did not wait for it.</summary>
    public Task SentAsync() => _sends is null ? Task.CompletedTask : Task.WhenAll(_sends);

    public override Task NotifyFaulted<TMessage>(ConsumeContext<TMessage> context, TimeSpan duration, string consumerType, Exception exception)
    {
        _publishFault = () => base.NotifyFaulted(new WithoutOwnHeaders<TMessage>(context), duration, consumerType, PrintableException.Of(exception));
        return Task.CompletedTask;
    }

    /// <summary>Publishes the attempt's <c>Fault&lt;T&gt;</c>, if a consumer has failed.</summary>
    public Task PublishFaultAsync() => _publishFault?.Invoke() ?? Task.CompletedTask;

    Task ConsumeRetryContext.NotifyPendingFaults() => Task.CompletedTask;

    TContext ConsumeRetryContext.CreateNext<TContext>(RetryContext retryContext) =>
        throw new NotSupportedException("The outbox creates the context of each attempt.");
}
