namespace Messaging.Outbox.Store;

/// <summary>The seam for the inbox: what has been done already. Its keys are written by the commit that they belong to (<see cref="ICommitStore"/>).</summary>
internal interface IInboxStore
{
    /// <summary>Which of these have been consumed already, and which of these tasks have been cancelled.</summary>
    Task<InboxState> FindDoneAsync(
        IReadOnlyCollection<InboxKey> keys, IReadOnlyCollection<Guid> tasks, CancellationToken cancellationToken);
}
