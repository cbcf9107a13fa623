namespace Messaging.Outbox.Store;

/// <summary>Statements of the library in a transaction of their own, beside the units of work of requests and consumers.</summary>
internal static class OwnTransaction
{
    /// <summary>Runs the action and commits; an exception rolls it back.</summary>
    /// <exception cref="StoreUnavailableException">The database is unavailable.</exception>
    public static async Task<T> RunAsync<T>(
        this ICommitStore commits, ISqlDialect dialect, Func<OutboxTransaction, Task<T>> action, CancellationToken cancellationToken)
    {
        await using var transaction = await commits.BeginAsync(cancellationToken);
        var result = await dialect.TranslateAsync(() => action(transaction.Own));
        await transaction.CommitAsync(new StagedWork(), cancellationToken);
        return result;
    }

    /// <inheritdoc cref="RunAsync{T}"/>
    public static Task RunAsync(this ICommitStore commits, ISqlDialect dialect, Func<OutboxTransaction, Task> action, CancellationToken cancellationToken) =>
        commits.RunAsync(
            dialect,
            async transaction =>
            {
                await action(transaction);
                return true;
            },
            cancellationToken);
}
