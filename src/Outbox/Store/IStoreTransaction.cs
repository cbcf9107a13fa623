using System.Data.Common;

namespace Messaging.Outbox.Store;

/// <summary>The transaction of one unit. Disposing it without a commit rolls it back.</summary>
internal interface IStoreTransaction : IAsyncDisposable
{
    DbTransaction Transaction { get; }

    /// <summary>The transaction for SQL of the library.</summary>
    OutboxTransaction Own { get; }

    /// <summary>Whether other code has committed it or rolled it back, over a connection that is still open.</summary>
    bool IsEndedByHand { get; }

    /// <summary>Inserts the inbox keys, runs the staged commands and writes the outcomes.</summary>
    /// <returns>False for a duplicate or a cancelled task; the transaction can then only be rolled back.</returns>
    Task<bool> ExecuteAsync(StagedWork work, CancellationToken cancellationToken);

    /// <summary>Executes the rest of the work, writes its messages and outcomes, and commits.</summary>
    /// <returns>False for a duplicate or a cancelled task; then nothing was changed.</returns>
    Task<bool> CommitAsync(StagedWork work, CancellationToken cancellationToken);
}
