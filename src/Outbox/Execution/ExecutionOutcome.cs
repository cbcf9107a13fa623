using Messaging.Outbox.Telemetry;

namespace Messaging.Outbox.Execution;

/// <summary>How an execution has ended, in the words of spans and metrics.</summary>
internal static class ExecutionOutcome
{
    /// <summary>The pipeline goes on with it.</summary>
    public const string NeedsPipeline = "needs_pipeline";

    /// <summary>It is delivered or tried again, and does not count as an attempt.</summary>
    public const string Interrupted = "interrupted";

    public static string Of(MessageExecution execution) => execution.State switch
    {
        ExecutionState.Committed => OutboxMetrics.Succeeded,
        ExecutionState.Done => execution.WasCancelled ? OutboxMetrics.Cancelled : OutboxMetrics.Duplicate,
        ExecutionState.NeedsPipeline => NeedsPipeline,
        ExecutionState.Failed when execution.Failure is not (OperationCanceledException or StoreUnavailableException) => OutboxMetrics.Failed,
        _ => Interrupted,
    };
}
