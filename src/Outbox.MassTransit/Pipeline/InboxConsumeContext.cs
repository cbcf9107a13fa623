using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using MassTransit;
using MassTransit.Middleware;
using MassTransit.Middleware.Outbox;
using Messaging.Outbox.Execution;
using Messaging.Outbox.MassTransit.Deliveries;
using Messaging.Outbox.MassTransit.Scheduling;
using Messaging.Outbox.MassTransit.Staging;
using Messaging.Outbox.Payloads;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Tasks;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.MassTransit.Pipeline;

/// <summary>Marks a consume context whose unit of work is committed after its consumer returns.</summary>
internal interface IInboxContext;

/// <summary>
/// The consume context of a consumer. Messages that it publishes and sends are staged in the unit of work. MassTransit is
/// notified that the message was consumed only after the commit: it would acknowledge the message before the effects are stored.
/// </summary>
internal sealed class InboxConsumeContext<T>(
    ConsumeContext<T> context,
    OutboxConsumeOptions options,
    IServiceProvider provider,
    UnitOfWork unit,
    QueueDirectory queues,
    TaskContents contents,
    Attempt attempt) : OutboxConsumeContextProxy<T>(new WithoutOwnHeaders<T>(context), options, provider), IInboxContext
    where T : class
{
    private ConcurrentQueue<Task>? _sends;

    private MessageSchedulerContext? _scheduler;

    public override bool ContinueProcessing { get; set; }
    public override bool IsMessageConsumed => false;
    public override bool IsOutboxDelivered => false;
    public override CancellationToken CancellationToken => attempt.Token;
    public override int ReceiveCount => attempt.Number;
    public override long? LastSequenceNumber => null;

    /// <summary>Provides the outbox's message scheduler if the bus has none; it is created on first use.</summary>
    public override bool TryGetPayload<TPayload>([NotNullWhen(true)] out TPayload? payload)
        where TPayload : class
    {
        if (base.TryGetPayload<TPayload>(out var found))
        {
            payload = found;
            return true;
        }

        payload = typeof(TPayload) == typeof(MessageSchedulerContext) ? (TPayload)(_scheduler ??= CreateScheduler()) : null;
        return payload is not null;
    }

    private MessageSchedulerContext CreateScheduler() =>
        OutboxMessageScheduler.Create(this, unit, ((IServiceProvider)this).GetRequiredService<IBus>().Topology);

    public override Task AddSend<TMessage>(SendContext<TMessage> context)
    {
        if (context.MessageId == MessageId)
        {
            // A forwarded message: its envelope contains the headers with which it arrived, including the task id.
            context.Headers.Set(OutboxHeaders.TaskId, OutboxHeaders.NoTask);
        }

        // while nothing is recorded in this process, its messages stay in the trace of the one being consumed
        unit.Add(StagedMessageFactory.Create(
            context, queues, contents, track: false, isSent: context.TryGetPayload<StagingOptions>(out var options) && options.Address is not null,
            Activity.Current is null ? this.Received().Progress.Trace : null));
        return Task.CompletedTask;
    }

    /// <inheritdoc cref="AttemptContext{T}.AddConsumeTask"/>
    public override void AddConsumeTask(Task task) => LazyInitializer.EnsureInitialized(ref _sends, () => new ConcurrentQueue<Task>()).Enqueue(task);

    /// <summary>Waits until what the consumer published and sent is staged, also if it did not wait for it itself.</summary>
    public Task StagedAsync() => _sends is null ? Task.CompletedTask : Task.WhenAll(_sends);

    /// <summary>Does nothing: the commit follows (<see cref="Lifecycle"/>) and includes the inbox entry.</summary>
    public override Task SetConsumed() => Task.CompletedTask;

    /// <summary>Does nothing: the execution notifies MassTransit after the commit.</summary>
    public override Task NotifyConsumed<TMessage>(ConsumeContext<TMessage> context, TimeSpan duration, string consumerType) =>
        Task.CompletedTask;

    public override Task SetDelivered() => Task.CompletedTask;

    public override Task<List<OutboxMessageContext>> LoadOutboxMessages() => Task.FromResult(new List<OutboxMessageContext>());

    public override Task NotifyOutboxMessageDelivered(OutboxMessageContext message) => Task.CompletedTask;

    public override Task RemoveOutboxMessages() => Task.CompletedTask;
}
