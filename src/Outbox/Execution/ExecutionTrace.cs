using System.Diagnostics;
using Messaging.Outbox.Store;
using Messaging.Outbox.Telemetry;

namespace Messaging.Outbox.Execution;

/// <summary>The span of an execution, in the pipeline and in the fast lane (docs/decisions/0043).</summary>
internal static class ExecutionTrace
{
    /// <summary>Starts the span, unless nothing is recorded. An execution that is done already has one, with that outcome.</summary>
    public static void Start(MessageExecution execution)
    {
        var delivery = execution.Delivery;
        if (!OutboxTraces.AreOn || execution.State == ExecutionState.NeedsPipeline
            || ProcessSpan.Start(delivery.Message.InputAddress, delivery.Queue, delivery.Trace, execution.MayWait) is not { } span)
        {
            return;
        }

        (execution.Span, delivery.LatestSpan) = (span, span);
        if (delivery.Trace is null or { IsCause: true })
        {
            delivery.Trace = TraceContext.Of(span); // a retry within the delivery stays in this trace
        }

        if (span.IsAllDataRequested)
        {
            span.SetTag(MessagingTags.MessageId, execution.Key.MessageId.ToString("D")).SetTag("outbox.consumer", execution.Consumer.Step);
            if (delivery.TaskId is { } task)
            {
                span.SetTag(OutboxTraces.TaskId, task.ToString("D"));
            }
        }
    }

    /// <summary>Makes the span current for the calling method and what it calls, so that their spans are its children.</summary>
    public static void Enter(MessageExecution execution)
    {
        if (execution.Span is { } span)
        {
            Activity.Current = span;
        }
    }

    /// <summary>Ends the span with the outcome.</summary>
    public static void End(MessageExecution execution)
    {
        if (execution.Span is not { } span)
        {
            return;
        }

        execution.Span = null;
        if (span.IsAllDataRequested)
        {
            span.SetTag(OutboxTraces.Outcome, ExecutionOutcome.Of(execution));
            if (execution.Attempt is { } attempt)
            {
                span.SetTag("outbox.attempt", attempt.Number);
            }

            if (execution.Failure is { } failure)
            {
                OutboxTraces.Fail(span, Thrown.OriginalOf(failure).GetType());
            }
        }

        OutboxTraces.End(span);
    }
}
