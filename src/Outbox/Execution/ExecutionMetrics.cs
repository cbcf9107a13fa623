using Messaging.Outbox.Deliveries;
using Messaging.Outbox.Effects;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Telemetry;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Execution;

/// <summary>Measures executions: how long they waited, how long they took, how they ended.</summary>
internal sealed class ExecutionMetrics(OutboxMetrics metrics, EffectTimes effects, ConsumerRegistry consumers, QueueDirectory queues)
{
    /// <summary>The step "start" has begun. A delivery has waited once, whatever its attempts and consumers.</summary>
    public void Started(MessageExecution execution, DateTimeOffset now)
    {
        execution.StartedAt = TimeProvider.System.GetTimestamp();
        if (execution.Delivery.TakeDueAt() is { } due && metrics.MeasuresWaits)
        {
            metrics.Started(consumers.TagOf(execution.Delivery.Queue), execution.MessageType, now - due);
        }
    }

    /// <summary>The step "commit" is over.</summary>
    public static void Committed(IReadOnlyList<MessageExecution> group)
    {
        var now = TimeProvider.System.GetTimestamp();
        foreach (var execution in group)
        {
            execution.Duration = execution.StartedAt is { } start ? TimeProvider.System.GetElapsedTime(start, now) : null;
        }
    }

    /// <summary>
    /// The execution has ended. One that goes on in the pipeline, was held because of the database, or ends with its endpoint has
    /// not.
    /// </summary>
    public void Ended(MessageExecution execution)
    {
        var outcome = ExecutionOutcome.Of(execution);
        if (outcome is not (ExecutionOutcome.NeedsPipeline or ExecutionOutcome.Interrupted) && metrics.MeasuresExecutions)
        {
            metrics.Executed(consumers.TagOf(execution.Delivery.Queue), execution.MessageType, outcome, execution.Duration);
        }
    }

    /// <summary>A failed attempt is retried within its delivery.</summary>
    public void Retried(IDeliveryCaller caller) => metrics.Retried(consumers.TagOf(caller.Delivery.Queue), caller.MessageType);

    /// <summary>The deferral of a failed attempt is committed.</summary>
    public void Deferred(IDeliveryCaller caller) => metrics.Deferred(consumers.TagOf(caller.Delivery.Queue), caller.MessageType);

    /// <summary>A dead letter is committed.</summary>
    public void DeadLettered(DeliveryProgress delivery, DeadLetter letter) =>
        metrics.DeadLetter(queues.IsQueue(letter.Queue) ? letter.Queue : null, queues.KnownTypeOf(delivery.Message.MessageTypes), letter.Reason);

    /// <summary>Asks the store for the time since the task was accepted, if somebody listens to it, or if the task belongs to the sample for charts.</summary>
    public void Measure(MessageExecution execution, TaskOutcome outcome) =>
        outcome.MeasuresEffect = outcome.State == TaskState.Succeeded && (metrics.MeasuresEffects | effects.Wants(execution.Delivery.Queue));

    /// <summary>The work was committed: reports the time from acceptance to effect.</summary>
    public void Effects(MessageExecution execution, StagedWork work)
    {
        foreach (var outcome in work.Outcomes)
        {
            if (outcome is { SinceAccepted: { } time, Written: TaskState.Succeeded })
            {
                effects.Add(execution.Delivery.Queue, time);
                metrics.Effect(consumers.TagOf(execution.Delivery.Queue), execution.MessageType, time);
            }
        }
    }
}
