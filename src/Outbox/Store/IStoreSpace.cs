namespace Messaging.Outbox.Store;

/// <summary>The seam for the store's space.</summary>
internal interface IStoreSpace
{
    /// <summary>The file that the store is, if it is one.</summary>
    string? File { get; }

    /// <summary>What is short of the store's space, in a sentence; null while there is room. Makes room where it can.</summary>
    Task<string?> FindShortageAsync(StorageLimits limits, CancellationToken cancellationToken);
}
