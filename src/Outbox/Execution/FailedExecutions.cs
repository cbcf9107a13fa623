
namespace Messaging.Outbox.Execution;

/// <summary>Interprets the failure of a consumer or of its commit.</summary>
internal sealed class FailedExecutions(StoreClock time)
{
    /// <summary>Records the exception and closes the execution; as done, if the exception means that its task was cancelled.</summary>
    public void Record(MessageExecution execution, Exception exception)
    {
        if (!execution.MayWait)
        {
            execution.Close(ExecutionState.NeedsPipeline); // the pipeline retries it and reports the error
            return;
        }

        var (log, consumer, isEndedByHand) = (execution.Delivery.Log, execution.Consumer.Id, execution.Unit.IsEndedByHand);
        if (exception is StoreUnavailableException && !isEndedByHand)
        {
            log.TakeBack(consumer);
            execution.Fail(exception);
            return;
        }

        var meaning = isEndedByHand && exception is not UnitOfWorkMisuseException
            ? UnitOfWorkMisuseException.TransactionEnded(exception) // a part is already stored, so a retry would duplicate it
            : execution.ToPrintable(execution.Attempt!.Deadline!.Explain(exception));
        if (meaning is TaskWasCancelledException)
        {
            execution.Close(ExecutionState.Done);
            return;
        }

        if (meaning is not OperationCanceledException)
        {
            log.Fail(consumer, time.GetUtcNow(), meaning);
        }

        execution.Fail(meaning);
    }
}
