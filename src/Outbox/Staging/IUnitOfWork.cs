using System.Data.Common;

namespace Messaging.Outbox;

/// <summary>
/// What one request, or one consumed message, commits together: its own SQL, the messages it publishes or sends, the task
/// rows of those messages and, for a consumer, the inbox entry. Scoped: an endpoint commits its own, a consumer's is
/// committed when the consumer returns.
/// </summary>
/// <remarks>
/// <see cref="Execute"/> stages a command: nothing goes to the database before the commit, so units that are in hand
/// together share one transaction and one round trip (group commit). <see cref="BeginAsync"/> is for work that has to read
/// inside its transaction; such a unit commits alone.
/// What a scope stages and neither commits nor discards is dropped when the scope ends, and an error in the log names it. Wrong use is a
/// <see cref="UnitOfWorkMisuseException"/>: a commit by a consumer, staging after a consumer has returned or a scope has ended.
/// </remarks>
public interface IUnitOfWork
{
    /// <summary>
    /// Stages a command with positional parameters (<c>$1</c>, <c>$2</c>, …), the same text for PostgreSQL and SQLite.
    /// Commands run in the order in which they were staged, before the messages of this unit are written.
    /// </summary>
    /// <returns>The command; its <see cref="StagedCommand.Affected"/> can decide whether a message is staged.</returns>
    StagedCommand Execute(string sql, params object?[] parameters);

    /// <summary>
    /// Opens this unit's own transaction for commands that have to run now. What was staged before runs in it first, and
    /// what is staged later joins it at the commit.
    /// </summary>
    /// <returns>The transaction, for commands of your own. It is the unit's to end: do not commit, roll back or dispose of it.</returns>
    /// <exception cref="StoreUnavailableException">The database cannot be reached.</exception>
    Task<DbTransaction> BeginAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Runs SQL in this unit's own transaction, now, and reads what it returns: a SELECT, or a change with <c>RETURNING</c> on whose
    /// outcome the rest depends. Parameters as for <see cref="Execute"/>; begins as <see cref="BeginAsync"/>.
    /// </summary>
    /// <exception cref="StoreUnavailableException">
    /// The database did not answer within <see cref="OutboxOptions.CommitTimeout"/>, or <paramref name="cancellationToken"/> ended it.
    /// </exception>
    Task<IReadOnlyList<T>> QueryAsync<T>(
        string sql, IReadOnlyList<object?> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken = default);

    /// <summary>
    /// Commits all of it or nothing. The unit is then as new. In a consumer the pipeline commits; a consumer must not.
    /// </summary>
    /// <exception cref="UnitOfWorkMisuseException">It was called by a consumer, or something else by which work would be lost.</exception>
    /// <exception cref="StoreUnavailableException">
    /// The database did not answer within <see cref="OutboxOptions.CommitTimeout"/>. If it broke off in the middle of the
    /// commit the outcome is unknown: all of it is stored, or nothing.
    /// </exception>
    Task CommitAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Drops what was staged and rolls an open transaction back: how a scope says that it means to commit nothing, as for an error answer.
    /// </summary>
    ValueTask DiscardAsync();

    /// <summary>
    /// What the unit may store, in bytes, as it is encoded: messages, and the texts and bytes of staged commands. Null, the default, is no limit.
    /// For a unit whose content comes from a caller, who knows how to make six bytes of one.
    /// </summary>
    /// <exception cref="StagedTooMuchException">It is more, thrown by <see cref="CommitAsync"/>; the unit is then discarded.</exception>
    long? MaxBytes { get; set; }

    /// <summary>Whether something was staged, or a transaction begun, that has been neither committed nor discarded.</summary>
    bool HasUncommittedWork { get; }
}
