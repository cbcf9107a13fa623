using System.Text.Json;

namespace Messaging.Outbox;

/// <summary>
/// Cancels and retries tasks. The changes belong to the scope's unit of work and are committed with it, together with an audit entry. All
/// actions are idempotent.
/// </summary>
public interface ITaskControl
{
    /// <summary>
    /// Cancels a task that has not ended. A waiting task never starts. A running task has its cancellation token cancelled, in whichever process
    /// it runs, and its effects are not committed, even if it ignores the token. Effects outside of the database, such as a mail, are not undone.
    /// The message is kept as long as the task, so that <see cref="RetryAsync"/> can restore it.
    /// </summary>
    /// <param name="id">The task.</param>
    /// <param name="who">Who requests it; recorded in the audit log.</param>
    /// <param name="successors">What happens to its successors.</param>
    /// <param name="cancellationToken">Cancels the action.</param>
    /// <exception cref="StoreUnavailableException">The database is unavailable.</exception>
    Task<ControlOutcome> CancelAsync(
        Guid id, string who, SuccessorPolicy successors = SuccessorPolicy.Cancel, CancellationToken cancellationToken = default);

    /// <summary>
    /// Makes the next attempt of a Retrying or Scheduled task due now. A Failed task is redriven. A Cancelled task is restored with everything
    /// that was cancelled together with it, including the predecessor whose cancellation caused it. Queued and Running tasks are not changed.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The database is unavailable.</exception>
    Task<ControlOutcome> RetryAsync(Guid id, string who, CancellationToken cancellationToken = default);

    /// <summary>
    /// Enqueues the message of a task again, as a new task of the same kind, from the payload that was kept (<see cref="PayloadOptions"/>); the old
    /// task is not changed, whatever its state. The new one is due at once and has no predecessors, successors or unique key. Refused if the
    /// message was not kept, or not all of it.
    /// </summary>
    /// <param name="id">The task.</param>
    /// <param name="who">Who requests it; recorded in the audit log.</param>
    /// <param name="message">
    /// An edited message instead of the one that was kept. Its type is one that can be enqueued by name; it is validated like a new task.
    /// </param>
    /// <param name="cancellationToken">Cancels the action.</param>
    /// <exception cref="EditedMessageException">The edited message is not one of its type.</exception>
    /// <exception cref="StoreUnavailableException">The database is unavailable.</exception>
    Task<RunAgainOutcome> RunAgainAsync(Guid id, string who, JsonElement? message = null, CancellationToken cancellationToken = default);
}
