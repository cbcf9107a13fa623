using System.Diagnostics;
using Messaging.Outbox.Deliveries;
using Messaging.Outbox.Inbox;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Tasks;

namespace Messaging.Outbox.Execution;

/// <summary>
/// One consumer of one delivery. <see cref="Lifecycle"/> defines the steps; operations that only the caller can perform are
/// overridden.
/// </summary>
/// <param name="delivery">The delivery, with the identity of its message.</param>
/// <param name="consumer">The consumer.</param>
internal abstract class MessageExecution(DeliveryProgress delivery, ConsumerIdentity consumer)
{
    public DeliveryProgress Delivery => delivery;

    public ConsumerIdentity Consumer => consumer;

    /// <summary>The inbox key for consuming the message.</summary>
    public InboxKey Key { get; } = InboxKeys.Consumed(delivery, consumer);

    /// <summary>The short name of the message's type.</summary>
    public abstract string MessageType { get; }

    public ExecutionState State { get; private set; }

    /// <summary>The timestamp of its start; null before it.</summary>
    public long? StartedAt { get; set; }

    /// <summary>From its start to its commit; null if it did not start.</summary>
    public TimeSpan? Duration { get; set; }

    public bool IsOpen => State == ExecutionState.Open;

    /// <summary>The exception of a failed execution.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Set when the execution has started.</summary>
    public Attempt? Attempt { get; set; }

    /// <summary>The span; null if nothing is recorded, and after its end.</summary>
    public Activity? Span { get; set; }

    /// <summary>Whether it is done because its task was cancelled, and not because the message was consumed before.</summary>
    public bool WasCancelled { get; set; }

    /// <summary>The entry of the attempt in <see cref="RunningTasks"/>; disposing it removes the entry.</summary>
    public IDisposable? Shown { get; set; }

    /// <summary>Whether it may wait: for a duplicate, for the database, or for its consumer. Executions in the fast lane may not.</summary>
    public abstract bool MayWait { get; }

    /// <summary>The consumer's unit of work; first used by the step "start".</summary>
    public abstract UnitOfWork Unit { get; }

    /// <summary>The consumer's task context.</summary>
    public abstract TaskContext TaskContext { get; }

    /// <summary>Runs the consumer.</summary>
    public abstract ValueTask InvokeAsync();

    /// <summary>Creates the message for the next part of the task.</summary>
    public abstract Task<StagedMessage> EncodeAsync(NextMessage next);

    /// <summary>The staged work that was taken from the unit, to be committed together with others.</summary>
    public StagedWork? Rows { get; protected set; }

    /// <summary>Called after the commit, whatever the outcome. In the fast lane the consumer may still be running.</summary>
    public virtual ValueTask LeaveAsync() => Attempt is null ? ValueTask.CompletedTask : Unit.LeaveConsumerAsync();

    /// <summary>Called last: completes the delivery, or reports the failure to the caller.</summary>
    public abstract ValueTask EndAsync();

    /// <summary>Converts an exception to one that can be logged and serialized.</summary>
    public virtual Exception ToPrintable(Exception exception) => exception;

    /// <summary>Closes the execution with its state: the steps that follow skip it.</summary>
    public void Close(ExecutionState state) => State = state;

    /// <summary>Closes the execution as failed.</summary>
    public void Fail(Exception exception)
    {
        Failure = exception;
        State = ExecutionState.Failed;
    }
}
