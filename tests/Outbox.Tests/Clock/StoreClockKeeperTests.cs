using Messaging.Outbox.Clock;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Messaging.Outbox.Tests.Clock;

/// <summary>When the database's time is read.</summary>
public sealed class StoreClockKeeperTests
{
    [Fact]
    public async Task The_time_that_the_first_connection_takes_does_not_count()
    {
        var time = new FakeTimeProvider();
        var clock = new StoreClock(time, new SlowToConnect(time), TimeSpan.FromSeconds(30));
        using var keeper = new StoreClockKeeper(clock, Options.Create(new OutboxOptions()), NullLogger<StoreClockKeeper>.Instance);

        await keeper.StartingAsync(default);

        Assert.Equal(time.GetUtcNow(), clock.GetUtcNow());
    }

    /// <summary>A database whose clock agrees with the machine's, and whose first answer waits for the connection.</summary>
    private sealed class SlowToConnect(FakeTimeProvider time) : IStoreTime
    {
        private bool _isConnected;

        public bool HasClockOfItsOwn => true;

        public Task<DateTimeOffset> NowAsync(CancellationToken cancellationToken)
        {
            time.Advance(_isConnected ? TimeSpan.Zero : TimeSpan.FromSeconds(1));
            _isConnected = true;
            return Task.FromResult(time.GetUtcNow());
        }
    }
}
