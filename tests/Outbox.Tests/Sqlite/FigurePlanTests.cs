using Messaging.Outbox.Store;
using Messaging.Outbox.Tests.Stores;

namespace Messaging.Outbox.Tests.Sqlite;

public sealed class FigurePlanTests : OutboxStoreSuite
{
    [Fact]
    public async Task Due_and_scheduled_messages_are_counted_by_the_index_alone()
    {
        var now = new StoreTime(DateTimeOffset.UtcNow);

        var plan = await Store.Queries.QueryAsync($"EXPLAIN QUERY PLAN {FigureSql.Select(Store.Dialect, "1 = 1")}", [now, now], reader => reader.GetString(3), default);

        Assert.All(
            plan.Where(step => step.Contains(" outbox ", StringComparison.Ordinal)),
            step => Assert.StartsWith("SEARCH outbox USING COVERING INDEX outbox_queue (queue=? AND due_at", step, StringComparison.Ordinal));
        Assert.Contains(plan, step => step.Contains(" outbox ", StringComparison.Ordinal));
    }

    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}
