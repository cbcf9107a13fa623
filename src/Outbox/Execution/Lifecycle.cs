using Messaging.Outbox.Inbox;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Tasks;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Execution;

/// <summary>
/// The life of an execution: one consumer at one delivery. MassTransit's pipeline runs it for one that may wait; RabbitMQ's fast lane for a group that
/// shares one transaction, of which none may wait. What comes before and after an execution is its delivery's (<see cref="DeliveryLifecycle"/>;
/// docs/decisions/0039).
/// </summary>
internal sealed partial class Lifecycle(
    InFlightMessages inFlight,
    InboxLookup lookup,
    UniqueTasks unique,
    RunningTasks running,
    ExecutionCommit commit,
    CancelledMessages cancelled,
    GroupCommitter committer,
    StoreClock time,
    ILogger<Lifecycle> logger)
{
    /// <summary>The steps, in order, as they are printed.</summary>
    public static IReadOnlyList<string> Steps { get; } = ["enter", "look up", "start", "invoke", "commit", "acknowledge"];

    public async Task RunAsync(IReadOnlyList<MessageExecution> group)
    {
        using (await EnterAsync(group))
        {
            await LookUpAsync(group);
            await AttemptAsync(group);
        }

        foreach (var execution in group)
        {
            await AcknowledgeAsync(execution);
        }
    }

    private async Task AttemptAsync(IReadOnlyList<MessageExecution> group)
    {
        try
        {
            foreach (var execution in group)
            {
                await StartAsync(execution);
                await InvokeAsync(execution);
            }

            await commit.RunAsync(group);
        }
        finally
        {
            foreach (var execution in group)
            {
                await LeaveAsync(execution);
            }
        }
    }

    /// <summary>A duplicate in the same process waits here for its twin, so that not even its mail is sent twice.</summary>
    private async ValueTask<IDisposable> EnterAsync(IReadOnlyList<MessageExecution> group)
    {
        var held = inFlight.Open();
        foreach (var execution in group)
        {
            if (execution.MayWait)
            {
                await held.TakeAsync(execution.Key, execution.Delivery.Message.CancellationToken);
            }
            else if (!held.TryTake(execution.Key, out _))
            {
                execution.Close(ExecutionState.NeedsPipeline);
            }
        }

        return held;
    }

    /// <summary>Not for a consumer that only stages: the commit finds what is done with.</summary>
    private async ValueTask LookUpAsync(IReadOnlyList<MessageExecution> group)
    {
        foreach (var execution in group)
        {
            if (execution.Consumer.OnlyStages)
            {
                continue;
            }

            var task = execution.Delivery.TaskId;
            var done = await lookup.FindDoneAsync([execution.Key], task is { } id ? [id] : [], execution.Delivery.Message.CancellationToken);
            if (done.Consumed.Contains(execution.Key) || (task is { } cancelledTask && done.Cancelled.Contains(cancelledTask)))
            {
                execution.Close(ExecutionState.Done);
            }
        }
    }

    private async ValueTask StartAsync(MessageExecution execution)
    {
        if (!execution.IsOpen)
        {
            return;
        }

        var (delivery, now) = (execution.Delivery, time.GetUtcNow());
        delivery.Log.Start(execution.Consumer.Id, now);
        if (delivery.Verdict is { } verdict)
        {
            execution.Fail(verdict);
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
        };
        execution.Shown = execution.MayWait ? running.Show(execution.Attempt) : null; // what may not wait is over before anybody could look
    }

    private async ValueTask InvokeAsync(MessageExecution execution)
    {
        if (!execution.IsOpen)
        {
            return;
        }

        try
        {
            await execution.InvokeAsync();
        }
        catch (Exception exception)
        {
            commit.Fail(execution, exception);
        }
    }

    private static ValueTask LeaveAsync(MessageExecution execution)
    {
        execution.Shown?.Dispose();
        execution.Attempt?.Deadline?.Dispose();
        return execution.LeaveAsync();
    }

    /// <summary>The message of a cancelled task is kept before its delivery is acknowledged, for a retry of the task.</summary>
    private async ValueTask AcknowledgeAsync(MessageExecution execution)
    {
        if (execution.State == ExecutionState.Done)
        {
            LogDone(execution.Consumer.Name, execution.Delivery.MessageId);
            if (execution.MayWait)
            {
                await cancelled.KeepAsync(execution.Delivery, execution.Key);
                await SettleAsync(execution);
            }
        }

        await execution.EndAsync();
    }

    private async Task SettleAsync(MessageExecution execution)
    {
        var work = new StagedWork();
        if (Settling.AddTo(work, execution))
        {
            await committer.CommitAsync(work, execution.Delivery.Message.CancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Information, "{Consumer} has nothing to do for message {MessageId}, consumed before or cancelled: acknowledged without an effect")]
    private partial void LogDone(string consumer, Guid? messageId);
}
