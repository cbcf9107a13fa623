namespace Messaging.Outbox.Store;

/// <summary>The seam for the store's space.</summary>
internal interface IStoreSpace
{
    /// <summary>The path of the store's file; null for a server.</summary>
    string? File { get; }

    /// <summary>Describes what is short of space, in a sentence; null if there is enough. Frees space where possible.</summary>
    Task<string?> FindShortageAsync(StorageLimits limits, CancellationToken cancellationToken);
}
