using Messaging.Outbox.Tasks;

namespace Messaging.Outbox.Execution;

/// <summary>
/// The step "start": counts the attempt, frees the key of a unique task, opens the unit of work and starts the time limit. An
/// identified poison message fails here, after the look-up, which may find that it was consumed.
/// </summary>
internal sealed class ExecutionStart(UniqueTasks unique, RunningTasks running, ExecutionMetrics metrics, StoreClock time)
{
    public async ValueTask RunAsync(MessageExecution execution)
    {
        if (!execution.IsOpen)
        {
            return;
        }

        var (delivery, now) = (execution.Delivery, time.GetUtcNow());
        if (delivery.IsExhausted && delivery.Log.LastFailureOf(execution.Consumer.Id) is { } last)
        {
            execution.Fail(last); // a retry by the endpoint's own filters, which do not know the limit
            return;
        }

        delivery.Log.Start(execution.Consumer.Id, now);
        metrics.Started(execution, now);
        if (delivery.PoisonFailure is { } poisonFailure)
        {
            execution.Fail(poisonFailure);
            return;
        }

        if (delivery is { TaskId: { } task, UniqueKey: { } key })
        {
            await unique.ReleaseAsync(task, key, delivery.Message.CancellationToken);
        }

        await execution.Unit.EnterConsumerAsync(execution.Key);
        execution.TaskContext.Attempt = execution.Attempt = new Attempt
        {
            TaskId = delivery.TaskId,
            Number = delivery.Attempts,
            Part = delivery.Part,
            Queue = delivery.Queue,
            OutboxId = delivery.Message.OutboxId,
            StartedAt = now,
            Deadline = execution.MayWait ? new AttemptDeadline(delivery.Policy.TimeLimit, time, delivery.Message.CancellationToken) : null,
            Delivery = execution.MayWait ? null : delivery.Message, // its token, which few consumers read, is made on the first use
        };
        execution.Shown = execution.MayWait ? running.Show(execution.Attempt) : null; // an execution that may not wait ends too soon to be shown
    }
}
