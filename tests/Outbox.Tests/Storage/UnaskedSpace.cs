using Messaging.Outbox.Store;

namespace Messaging.Outbox.Tests.Storage;

/// <summary>A store that is never asked for its space.</summary>
internal sealed class UnaskedSpace : IStoreSpace
{
    public string? File => null;

    public Task<string?> FindShortageAsync(StorageLimits limits, CancellationToken cancellationToken) => throw new NotSupportedException();
}
