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
}
