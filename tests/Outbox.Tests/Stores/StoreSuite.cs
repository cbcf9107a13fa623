namespace Messaging.Outbox.Tests.Stores;

/// <summary>A suite that runs on every store: a class for each derives from it and says which.</summary>
public abstract class StoreSuite : IAsyncLifetime
{
    private StoreUnderTest? _store;

    /// <summary>A fresh store for each test.</summary>
    protected StoreUnderTest UnderTest => _store!;

    public async ValueTask InitializeAsync() => _store = await CreateAsync();

    public virtual async ValueTask DisposeAsync()
    {
        if (_store is not null) // null when the test was skipped
        {
            await _store.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    protected abstract Task<StoreUnderTest> CreateAsync();
}
