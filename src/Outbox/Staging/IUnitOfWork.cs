using System.Data.Common;

namespace Messaging.Outbox;

/// <summary>
/// The work that one request or one consumed message commits together: its own SQL, the messages that it publishes or sends,
/// their task rows and, for a consumer, the inbox entry. Scoped: an endpoint commits its unit; a consumer's unit is committed
/// when the consumer returns.
/// </summary>
/// <remarks>
/// <see cref="Execute"/> stages a command: nothing is sent to the database before the commit, so concurrent units share one
/// transaction and one round trip (group commit). <see cref="BeginAsync"/> is for work that has to read inside its transaction;
/// such a unit commits alone. Staged work that is neither committed nor discarded is dropped when the scope ends, and an error is
/// logged. Wrong use throws <see cref="UnitOfWorkMisuseException"/>: a commit by a consumer, or staging after a consumer has
/// returned or a scope has ended.
/// </remarks>
public interface IUnitOfWork
{
    /// <summary>
    /// Stages a command with positional parameters (<c>$1</c>, <c>$2</c>, …), the same SQL for PostgreSQL and SQLite. Commands
    /// run in the order in which they were staged, before the messages of the unit are written.
    /// </summary>
    /// <returns>The command; its <see cref="StagedCommand.Affected"/> can decide whether a message is staged.</returns>
    StagedCommand Execute(string sql, params object?[] parameters);

    /// <summary>
    /// Begins the unit's own transaction, for commands that have to run now. Previously staged commands run in it first, and
    /// later ones run in it at the commit.
    /// </summary>
    /// <returns>The transaction, for commands of your own. Do not commit, roll back or dispose of it: the unit of work ends it.</returns>
    /// <exception cref="StoreUnavailableException">The database is unavailable.</exception>
    Task<DbTransaction> BeginAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Runs SQL in the unit's own transaction and returns its result: a SELECT, or a change with <c>RETURNING</c> whose result
    /// the rest depends on. Parameters as for <see cref="Execute"/>; begins the transaction like <see cref="BeginAsync"/>.
    /// </summary>
    /// <exception cref="StoreUnavailableException">
    /// The database did not answer within <see cref="OutboxOptions.CommitTimeout"/>, or <paramref name="cancellationToken"/> was
    /// cancelled.
    /// </exception>
    Task<IReadOnlyList<T>> QueryAsync<T>(
        string sql, IReadOnlyList<object?> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken = default);

    /// <summary>
    /// Commits everything or nothing; the unit is empty afterwards. In a consumer the pipeline commits, and the consumer must
    /// not.
    /// </summary>
    /// <exception cref="UnitOfWorkMisuseException">A consumer called it, or it was used in another way that would lose work.</exception>
    /// <exception cref="StoreUnavailableException">
    /// The database did not answer within <see cref="OutboxOptions.CommitTimeout"/>. If the connection broke during the commit
    /// the outcome is unknown: either everything is stored or nothing.
    /// </exception>
    Task CommitAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Drops staged work and rolls back an open transaction. Call it if a scope deliberately commits nothing, for example before
    /// an error response.
    /// </summary>
    ValueTask DiscardAsync();

    /// <summary>
    /// The maximum size of the unit's content in bytes as it is stored: messages, and the strings and bytes of staged commands.
    /// Null (the default) means no limit. For content from callers, whose encoded form can be several times as large.
    /// </summary>
    /// <exception cref="UnitOfWorkTooLargeException">
    /// Thrown by <see cref="CommitAsync"/> if the content is larger; the unit is then discarded.
    /// </exception>
    long? MaxBytes { get; set; }

    /// <summary>Whether there is staged work or an open transaction that was neither committed nor discarded.</summary>
    bool HasUncommittedWork { get; }
}
