using Messaging.Outbox.Deliveries;
using Messaging.Outbox.Inbox;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Tasks;

namespace Messaging.Outbox.Execution;

/// <summary>
/// One consumer at one delivery. <see cref="Lifecycle"/> has the steps; what only its caller can do is a member to override.
/// </summary>
/// <param name="delivery">The delivery, with the identity of its message.</param>
/// <param name="consumer">The consumer.</param>
internal abstract class MessageExecution(DeliveryProgress delivery, ConsumerIdentity consumer)
{
    public DeliveryProgress Delivery => delivery;

    public ConsumerIdentity Consumer => consumer;

    /// <summary>The key of the fact that the message is consumed.</summary>
    public InboxKey Key { get; } = InboxKeys.Consumed(delivery, consumer);

    public ExecutionState State { get; private set; }

    public bool IsOpen => State == ExecutionState.Open;

    /// <summary>Why it has failed.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Set when it has started.</summary>
    public Attempt? Attempt { get; set; }

    /// <summary>Shows the attempt among those that run.</summary>
    public IDisposable? Shown { get; set; }

    /// <summary>Whether it may wait: for its twin, for the database, for what its consumer waits for. The fast lane's may not.</summary>
    public abstract bool MayWait { get; }

    /// <summary>What the consumer stages. Asked for from the start on.</summary>
    public abstract UnitOfWork Unit { get; }

    /// <summary>What the consumer asks about its task.</summary>
    public abstract TaskContext TaskContext { get; }

    /// <summary>Runs the consumer.</summary>
    public abstract ValueTask InvokeAsync();

    /// <summary>Makes the message once more, for the next part of its work.</summary>
    public abstract Task<StagedMessage> EncodeAsync(NextMessage next);

    /// <summary>What was staged, where it was taken out of the unit to be committed with others.</summary>
    public StagedWork? Rows { get; protected set; }

    /// <summary>It has left its consumer, whatever became of it.</summary>
    public virtual ValueTask LeaveAsync() => Attempt is null ? ValueTask.CompletedTask : Unit.LeaveConsumerAsync();

    /// <summary>It has ended in its state: the delivery may be acknowledged, or the failure decided about.</summary>
    public abstract ValueTask EndAsync();

    /// <summary>The failure as it can be logged and serialized.</summary>
    public virtual Exception Tellable(Exception exception) => exception;

    /// <summary>Ends the steps for it.</summary>
    public void Close(ExecutionState state) => State = state;

    /// <summary>The same for a failure.</summary>
    public void Fail(Exception exception)
    {
        Failure = exception;
        State = ExecutionState.Failed;
    }
}
