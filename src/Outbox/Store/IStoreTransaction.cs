using System.Data.Common;

namespace Messaging.Outbox.Store;

/// <summary>A transaction of one unit's own. Disposing it without a commit rolls it back.</summary>
internal interface IStoreTransaction : IAsyncDisposable
{
    DbTransaction Transaction { get; }

    /// <summary>The same for SQL of the library.</summary>
    OutboxTransaction Own { get; }

    /// <summary>Whether somebody else has committed it or rolled it back, over a connection that is still there.</summary>
    bool IsEndedByHand { get; }

    /// <summary>Inserts the inbox keys, runs the staged commands and writes the outcomes.</summary>
    /// <returns>False for a duplicate, or what was cancelled; the transaction can then only be rolled back.</returns>
    Task<bool> ExecuteAsync(StagedWork work, CancellationToken cancellationToken);

    /// <summary>Executes what is left of the work, writes its messages and outcomes, and commits.</summary>
    /// <returns>False for a duplicate, or what was cancelled; nothing is then changed.</returns>
    Task<bool> CommitAsync(StagedWork work, CancellationToken cancellationToken);
}
