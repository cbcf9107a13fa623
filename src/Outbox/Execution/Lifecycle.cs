using Messaging.Outbox.Inbox;
using Messaging.Outbox.Staging;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Execution;

/// <summary>
/// The lifecycle of an execution: one consumer of one delivery. The bus's pipeline runs it for a single execution that may
/// wait; RabbitMQ's fast lane runs it for a group that shares one transaction, of which none may wait. The steps before and after
/// an execution belong to its delivery (<see cref="DeliveryLifecycle"/>; docs/decisions/0039).
/// </summary>
internal sealed partial class Lifecycle(
    InFlightMessages inFlight,
    InboxLookup lookup,
    ExecutionStart start,
    ExecutionCommit commit,
    FailedExecutions failed,
    CancelledMessages cancelled,
    ExecutionMetrics metrics,
    GroupCommitter committer,
    ILogger<Lifecycle> logger)
{
    /// <summary>The names of the steps in order.</summary>
    public static IReadOnlyList<string> Steps { get; } = ["enter", "look up", "start", "invoke", "commit", "acknowledge"];

    public async Task RunAsync(IReadOnlyList<MessageExecution> group)
    {
        try
        {
            using (await EnterAsync(group))
            {
                await LookUpAsync(group);
                await AttemptAsync(group);
            }

            ExecutionMetrics.Committed(group);
            foreach (var execution in group)
            {
                await AcknowledgeAsync(execution);
            }
        }
        finally
        {
            foreach (var execution in group)
            {
                ExecutionTrace.End(execution);
            }
        }
    }

    private async Task AttemptAsync(IReadOnlyList<MessageExecution> group)
    {
        try
        {
            foreach (var execution in group)
            {
                ExecutionTrace.Start(execution);
                await start.RunAsync(execution);
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

    /// <summary>A duplicate in the same process waits for the first execution, so that even a mail is sent only once.</summary>
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

    /// <summary>
    /// Skipped for a consumer that only stages, since the commit detects duplicates; except for a poison message, which must not
    /// become a dead letter if it was consumed.
    /// </summary>
    private async ValueTask LookUpAsync(IReadOnlyList<MessageExecution> group)
    {
        foreach (var execution in group)
        {
            if (execution.Consumer.OnlyStages && execution.Delivery.PoisonFailure is null)
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

    private async ValueTask InvokeAsync(MessageExecution execution)
    {
        if (!execution.IsOpen)
        {
            return;
        }

        ExecutionTrace.Enter(execution);
        try
        {
            UnitOfWorkMisuseException.ThrowIfInScope(); // a filter's scope, which may roll back what the consumer writes after its message counts as consumed
            await execution.InvokeAsync();
        }
        catch (Exception exception)
        {
            failed.Record(execution, exception);
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
                execution.WasCancelled = await cancelled.KeepAsync(execution.Delivery, execution.Key);
                await SettleAsync(execution);
            }
        }

        metrics.Ended(execution);
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

    [LoggerMessage(
        EventId = 1307, EventName = "DuplicateAcknowledged", Level = LogLevel.Information,
        Message = "{Consumer} has nothing to do for message {MessageId}, consumed before or cancelled: acknowledged without an effect")]
    private partial void LogDone(string consumer, Guid? messageId);
}
