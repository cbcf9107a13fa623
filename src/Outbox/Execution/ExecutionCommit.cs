using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Execution;

/// <summary>
/// The step "commit": writes the inbox key, the staged work and the task's state in one transaction.
/// </summary>
internal sealed partial class ExecutionCommit(GroupCommitter committer, IInboxStore inbox, FailedExecutions failed, ExecutionMetrics metrics, ILogger<ExecutionCommit> logger)
{
    public Task RunAsync(IReadOnlyList<MessageExecution> group) =>
        group is [{ MayWait: true } single] ? CommitAsync(single) : CommitTogetherAsync(group);

    /// <summary>
    /// Waits while the database is unavailable, so that the consumer does not run again: it may have had effects that a transaction
    /// cannot undo, such as sending a mail.
    /// </summary>
    private async Task CommitAsync(MessageExecution execution)
    {
        if (!execution.IsOpen)
        {
            return;
        }

        ExecutionTrace.Enter(execution);
        var (delivery, work) = (execution.Delivery, execution.Unit.Work);
        try
        {
            if (execution.Attempt!.Continues)
            {
                work.Add(await execution.EncodeAsync(NextMessage.Part(delivery)));
            }

            AddOutcome(execution, work);
            Settling.AddTo(work, execution);
            var isNew = await execution.Unit.CommitWhenPossibleAsync(delivery.Message.CancellationToken);
            delivery.Log.Succeed(execution.Consumer.Id);
            execution.Close(isNew ? ExecutionState.Committed : ExecutionState.Done);
        }
        catch (Exception exception)
        {
            failed.Record(execution, exception);
            return;
        }

        metrics.Effects(execution, work);
    }

    private async Task CommitTogetherAsync(IReadOnlyList<MessageExecution> group)
    {
        var open = new List<(MessageExecution Execution, StagedWork Work)>(group.Count);
        foreach (var execution in group)
        {
            if (execution is { IsOpen: true, Rows: { } rows })
            {
                AddOutcome(execution, rows);
                rows.Span = execution.Span;
                open.Add((execution, rows));
            }
        }

        if (open.Count > 0)
        {
            await CommitTogetherAsync(open);
        }
    }

    private async Task CommitTogetherAsync(List<(MessageExecution Execution, StagedWork Work)> open)
    {
        bool[] isNew;
        try
        {
            isNew = await committer.CommitTogetherAsync([.. open.Select(o => o.Work)]);
        }
        catch (Exception exception)
        {
            LogNotCommitted(open.Count, open[0].Execution.Delivery.Queue, FailureText.Of(exception));
            open.ForEach(o => o.Execution.Close(ExecutionState.NeedsPipeline));
            return;
        }

        var consumed = await FindConsumedAsync(open.Where((_, i) => !isNew[i]).Select(o => o.Execution.Key));
        for (var i = 0; i < open.Count; i++)
        {
            open[i].Execution.Close(
                isNew[i] ? ExecutionState.Committed
                : consumed.Contains(open[i].Execution.Key) ? ExecutionState.Done
                : ExecutionState.NeedsPipeline); // its task was cancelled: the pipeline keeps the message for a retry
            metrics.Effects(open[i].Execution, open[i].Work);
        }
    }

    /// <summary>The duplicates among the skipped executions. If they cannot be determined, all of them go through the pipeline.</summary>
    private async Task<IReadOnlySet<InboxKey>> FindConsumedAsync(IEnumerable<InboxKey> leftOut)
    {
        var keys = leftOut.ToHashSet();
        try
        {
            using var deadline = new CancellationTokenSource(committer.CommitTimeout);
            return keys.Count == 0 ? keys : (await inbox.FindDoneAsync(keys, [], deadline.Token)).Consumed;
        }
        catch (Exception)
        {
            return new HashSet<InboxKey>();
        }
    }

    private void AddOutcome(MessageExecution execution, StagedWork work)
    {
        var attempt = execution.Attempt!;
        var state = attempt.Continues ? TaskState.Queued : TaskState.Succeeded;
        if (attempt.Complete(execution.Delivery.Outcome(state, consumer: execution.Consumer.Id)) is { } outcome)
        {
            metrics.Measure(execution, outcome);
            work.Outcomes.Add(outcome);
        }
    }

    [LoggerMessage(
        EventId = 1300, EventName = "GroupNotCommitted", Level = LogLevel.Information,
        Message = "{Count} message(s) of {Queue} could not be committed together, and are processed one by one: {Error}")]
    private partial void LogNotCommitted(int count, string queue, string error);
}
