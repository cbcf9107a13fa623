namespace Messaging.Outbox;

/// <summary>
/// The database cannot be reached, or did not answer in time. Nothing is half-stored: the transaction is stored whole, or
/// not at all.
/// </summary>
public sealed class StoreUnavailableException(string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>Whether the time was over before there was an answer, so that more time might help.</summary>
    internal bool IsTimeout { get; init; }
}

/// <summary>The message was consumed before. The pipeline acknowledges it without an effect.</summary>
internal sealed class DuplicateMessageException() : Exception("The message was consumed before.");

/// <summary>The task was cancelled while a consumer was at it. The pipeline acknowledges it without an effect.</summary>
internal sealed class TaskWasCancelledException() : OperationCanceledException("The task was cancelled.");

/// <summary>
/// A failure that no retry can mend, such as a refused recipient. An exception that implements this is not retried: the
/// task is Failed and the message goes to the error queue at once.
/// </summary>
public interface IPermanentFailure;
