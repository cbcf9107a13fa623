using Messaging.Outbox.Redelivery;
using Messaging.Outbox.Store;

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

/// <summary>A parameter is a text that not every store can hold. Nothing was sent to the database.</summary>
internal sealed class UnstorableTextException()
    : ArgumentException("A text for the database must not contain U+0000, nor half of a surrogate pair: remove them, or store bytes."), IPermanentFailure;

/// <summary>What becomes of a statement that a database refuses whenever it comes.</summary>
public static class RefusedStatement
{
    /// <summary>The database's code and a short message without values; null when the failure is another one.</summary>
    public static string? Describe(Exception exception) => SqlErrors.IsPermanent(exception) ? FailureText.Of(exception) : null;
}

/// <summary>The task was cancelled while a consumer was at it. The pipeline acknowledges it without an effect.</summary>
internal sealed class TaskWasCancelledException() : OperationCanceledException("The task was cancelled.");

/// <summary>
/// A failure that no retry can mend, such as a refused recipient. An exception that implements this is not retried: the
/// task is Failed and the message goes to the error queue at once.
/// </summary>
public interface IPermanentFailure;
