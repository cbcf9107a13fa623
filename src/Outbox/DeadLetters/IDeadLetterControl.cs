namespace Messaging.Outbox;

/// <summary>
/// Searches, groups, edits, redrives and drops dead letters: messages whose retries are exhausted. Changes belong to the scope's unit of work
/// and are committed with it. A redrive stores the message in the outbox, so that a crash neither loses nor duplicates it.
/// </summary>
public interface IDeadLetterControl
{
    /// <summary>The maximum number of dead letters that one call redrives or drops. Repeat the call for the rest.</summary>
    public const int MaxAtOnce = 1_000;

    /// <summary>The maximum length of a note on a group, in characters.</summary>
    public const int MaxNote = 2_000;

    /// <summary>
    /// Reads a page of dead letters, newest first. It searches a bounded number of them, so that it may have fewer than <paramref name="limit"/>, also none:
    /// <see cref="Page{T}.Next"/> is where to go on, and null at the end.
    /// </summary>
    /// <param name="query">The filter.</param>
    /// <param name="state">The state of the dead letters.</param>
    /// <param name="after">Continues after this dead letter: <see cref="Page{T}.Next"/> of the previous page.</param>
    /// <param name="limit">The maximum number of items.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    Task<Page<DeadLetterRecord>> ListAsync(
        DeadLetterQuery query, DeadLetterState state, Guid? after, int limit, CancellationToken cancellationToken = default);

    /// <summary>
    /// Groups waiting dead letters by reason, exception type and throw site. The page is ordered by the ids of the groups, so that
    /// a group that is redriven or dropped meanwhile does not end the list.
    /// </summary>
    /// <param name="after">Continues after this group.</param>
    /// <param name="limit">The maximum number of groups.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    Task<Page<DeadLetterGroup>> ListGroupsAsync(Guid? after, int limit, CancellationToken cancellationToken = default);

    /// <summary>Reads a group; null if no dead letter of it waits for a decision.</summary>
    Task<DeadLetterGroup?> FindGroupAsync(Guid id, CancellationToken cancellationToken = default);

    /// <summary>Writes the note on a group, with an audit entry. It is kept as long as dead letters of the group wait, and at least as long as dead letters are kept.</summary>
    /// <param name="groupId">The group.</param>
    /// <param name="text">The text, at most <see cref="MaxNote"/> characters; null or empty deletes the note.</param>
    /// <param name="who">Who writes it.</param>
    /// <param name="condition">The note that it replaces, checked in the transaction of the change. Default: any or none.</param>
    /// <param name="cancellationToken">Cancels the action.</param>
    /// <returns>False if no dead letter of the group waits for a decision.</returns>
    /// <exception cref="DeadLetterNoteConflictException">The condition is not met; nothing is changed.</exception>
    Task<bool> SetNoteAsync(Guid groupId, string? text, string who, DeadLetterNoteCondition? condition = null, CancellationToken cancellationToken = default);

    /// <summary>Reads a dead letter with its headers and its body; null if it does not exist.</summary>
    Task<DeadLetterDetails?> FindAsync(Guid id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Enqueues waiting dead letters again, at most <see cref="MaxAtOnce"/>. Their tasks become Queued, except for a task
    /// with a dead letter of another consumer that was not redriven.
    /// </summary>
    /// <param name="query">The filter.</param>
    /// <param name="who">Who requests it; recorded in the audit log.</param>
    /// <param name="edit">Replaces the body that is sent; the dead letter keeps the original one. Default: no change.</param>
    /// <param name="queue">
    /// Another queue to which they are sent; their tasks follow. Default: the queue of each. Messages of types that no consumer of the queue takes
    /// stay, and those of tasks with several consumers, which cannot go to another queue.
    /// </param>
    /// <param name="cancellationToken">Cancels the action.</param>
    /// <returns>The number of redriven dead letters, without those about which another transaction decides at the same moment.</returns>
    /// <exception cref="UnknownQueueException">No worker has reported the queue.</exception>
    /// <exception cref="QueueTypeException">Nothing was redriven, because the queue takes none of those that match; and no earlier call has sent others there.</exception>
    /// <exception cref="EditedMessageException">The edited message is not one of its type.</exception>
    /// <exception cref="UncheckedEditException">This process does not know the type, and the edit does not allow that.</exception>
    /// <exception cref="DeadLetterEditException">The message cannot be replaced, because its envelope cannot be read.</exception>
    Task<int> RedriveAsync(
        DeadLetterQuery query, string who, DeadLetterEdit? edit = null, string? queue = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Drops waiting dead letters, at most <see cref="MaxAtOnce"/>. Their tasks stay Failed; the successors of these tasks can no longer start
    /// and are cancelled.
    /// </summary>
    /// <param name="query">The filter.</param>
    /// <param name="who">Who requests it; recorded in the audit log.</param>
    /// <param name="successors">What happens to the successors. Default: they are cancelled.</param>
    /// <param name="cancellationToken">Cancels the action.</param>
    /// <returns>The number of dropped dead letters, without those about which another transaction decides at the same moment.</returns>
    Task<int> DropAsync(
        DeadLetterQuery query, string who, SuccessorPolicy successors = SuccessorPolicy.Cancel, CancellationToken cancellationToken = default);
}
