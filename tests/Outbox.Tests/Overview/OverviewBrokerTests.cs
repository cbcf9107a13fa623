using Messaging.Outbox.Overview;
using Messaging.Outbox.Tests.Reasons;
using Messaging.Outbox.Tests.Stores;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Tests.Overview;

public sealed class SqliteOverviewBrokerTests : OverviewBrokerTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresOverviewBrokerTests : OverviewBrokerTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>What needs attention between the outbox, the broker and the consumers.</summary>
public abstract class OverviewBrokerTests : WorldSuite
{
    [Fact]
    public async Task One_queue_that_does_not_answer_is_no_broker_outage()
    {
        await World.ReportAsync(dispatches: false);
        await World.ReportAsync(queue: "slow", dispatches: false);
        World.Ready["slow"] = null;
        await World.AddAsync();

        var overview = await World.Overview.ReadAsync(default);

        Assert.Empty(overview.Unavailable);
        Assert.Null(overview.Queues.Single(q => q.Queue.Settings.Name == "slow").Queue.Depth);
        Assert.Contains(overview.Attention, a => a.Code == AttentionCode.NoDispatcher);
        Assert.DoesNotContain(overview.Attention, a => a.Code == AttentionCode.BrokerUnavailable);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task A_broker_that_is_away_is_said_and_hides_the_dispatcher(bool isUp, bool hasProblem)
    {
        await World.ReportAsync(dispatches: false);
        await World.AddAsync();
        World.IsUp = isUp;
        World.Problem = hasProblem ? new BrokerProblem("The broker is unavailable.", TimeSpan.FromMinutes(3)) : null;

        var overview = await World.Overview.ReadAsync(default);

        Assert.Equal(["broker"], overview.Unavailable);
        Assert.Contains(overview.Attention, a => a.Code == AttentionCode.BrokerUnavailable);
        Assert.DoesNotContain(overview.Attention, a => a.Code == AttentionCode.NoDispatcher);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_row_that_its_consumer_has_is_not_due_too_long(bool consumersSettle)
    {
        World.ConsumersSettle = consumersSettle;
        await World.ReportAsync();
        await World.AddAsync();
        await using var claim = await UnderTest.Store.Outbox.ClaimAsync(10, null, default);
        Assert.Single(claim.Messages);
        World.Pass(TimeSpan.FromMinutes(2));

        var overview = await World.Overview.ReadAsync(default);

        var isWithItsConsumer = consumersSettle && UnderTest is SqliteUnderTest; // only in memory does a row show that it was claimed
        Assert.Equal(!isWithItsConsumer, overview.Attention.Any(a => a is { Code: AttentionCode.OldestDue, Target: "mail" }));
        Assert.Equal(isWithItsConsumer, overview.Queues.Single().Queue.OldestSeconds is null);
    }
}
