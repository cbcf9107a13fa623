namespace Messaging.Outbox;

/// <summary>The database is unavailable, or did not answer in time. The transaction is stored completely or not at all.</summary>
public sealed class StoreUnavailableException(string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>Whether the timeout was reached before an answer, so that more time might help.</summary>
    internal bool IsTimeout { get; init; }

    /// <summary>Whether it met another transaction that changes the same rows: nothing of it is stored.</summary>
    internal bool IsConflict { get; init; }
}

/// <summary>A parameter contains text that not every store can hold. Nothing was sent to the database.</summary>
internal sealed class UnstorableTextException()
    : ArgumentException("A string in the database must not contain U+0000 or an unpaired surrogate: remove it, or store bytes."), IPermanentFailure;

/// <summary>The task was cancelled while its consumer ran. The pipeline acknowledges the message without any effect.</summary>
internal sealed class TaskWasCancelledException() : OperationCanceledException("The task was cancelled.");

/// <summary>
/// An error that no retry can resolve, such as a refused recipient. An exception that implements this is not retried: the task is
/// Failed and the message becomes a dead letter at once.
/// </summary>
public interface IPermanentFailure;
