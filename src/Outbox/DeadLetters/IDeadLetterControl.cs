namespace Messaging.Outbox;

/// <summary>
/// Searches, groups, edits, redrives and drops dead letters: messages whose retries are exhausted. Changes belong to the scope's unit of work: a
/// redrive is a row of the outbox, so that a crash neither loses nor doubles it.
/// </summary>
public interface IDeadLetterControl
{
    /// <summary>The largest number of dead letters that one call redrives or drops; it returns the number, and is called again for the rest.</summary>
    public const int MaxAtOnce = 1_000;

    /// <summary>A page of dead letters, newest first.</summary>
    /// <param name="query">Which ones.</param>
    /// <param name="state">Those that wait for a decision, or those that were redriven or dropped.</param>
    /// <param name="after">Continues after this one.</param>
    /// <param name="limit">Items of a page.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    Task<Page<DeadLetterRecord>> ListAsync(
        DeadLetterQuery query, DeadLetterState state, Guid? after, int limit, CancellationToken cancellationToken = default);

    /// <summary>Those that wait for a decision, grouped by reason, exception type and throw site; at most 200 groups, largest first.</summary>
    Task<IReadOnlyList<DeadLetterGroup>> GroupsAsync(CancellationToken cancellationToken = default);

    /// <summary>One dead letter with its headers and its body; null if it does not exist.</summary>
    Task<DeadLetterDetails?> FindAsync(Guid id, CancellationToken cancellationToken = default);

    /// <summary>Enqueues dead letters again that wait for a decision, at most <see cref="MaxAtOnce"/>; their tasks are Queued again.</summary>
    /// <param name="query">Which ones.</param>
    /// <param name="who">Who requests it; recorded in the audit log.</param>
    /// <param name="edit">Makes another body of the old one, which is kept; null leaves it.</param>
    /// <param name="cancellationToken">Cancels the action.</param>
    /// <returns>The number of them.</returns>
    Task<int> RedriveAsync(DeadLetterQuery query, string who, DeadLetterEdit? edit = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Drops dead letters that wait for a decision, at most <see cref="MaxAtOnce"/>; their tasks stay Failed, and the tasks after those, which
    /// could not start any more, are cancelled.
    /// </summary>
    /// <param name="query">Which ones.</param>
    /// <param name="who">Who requests it; recorded in the audit log.</param>
    /// <param name="successors">What happens to the tasks after them.</param>
    /// <param name="cancellationToken">Cancels the action.</param>
    /// <returns>The number of them.</returns>
    Task<int> DropAsync(
        DeadLetterQuery query, string who, SuccessorPolicy successors = SuccessorPolicy.Cancel, CancellationToken cancellationToken = default);
}
