namespace Messaging.Outbox.Store;

/// <summary>The seam for the inbox: finds what was done before. The commit writes the keys (<see cref="ICommitStore"/>).</summary>
internal interface IInboxStore
{
    /// <summary>The keys that exist already, and the tasks that were cancelled.</summary>
    Task<InboxState> FindDoneAsync(
        IReadOnlyCollection<InboxKey> keys, IReadOnlyCollection<Guid> tasks, CancellationToken cancellationToken);
}
