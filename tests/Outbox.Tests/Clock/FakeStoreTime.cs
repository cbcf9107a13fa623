using Messaging.Outbox.Store;

namespace Messaging.Outbox.Tests.Clock;

/// <summary>A database whose clock the test sets.</summary>
internal sealed class FakeStoreTime : IStoreTime
{
    public DateTimeOffset Now { get; set; }

    public bool HasClockOfItsOwn => true;

    public Task<DateTimeOffset> NowAsync(CancellationToken cancellationToken) => Task.FromResult(Now);
}
