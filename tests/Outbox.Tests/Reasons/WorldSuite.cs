using Messaging.Outbox.Tests.Stores;

namespace Messaging.Outbox.Tests.Reasons;

/// <summary>A suite whose service, broker and processes are as each test says.</summary>
public abstract class WorldSuite : StoreSuite
{
    private ReasonWorld? _world;

    private protected ReasonWorld World => _world ??= new ReasonWorld(UnderTest);

    public override ValueTask DisposeAsync()
    {
        _world?.Dispose();
        GC.SuppressFinalize(this);
        return base.DisposeAsync();
    }
}
