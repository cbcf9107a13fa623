using Messaging.Outbox.Audit;
using Messaging.Outbox.Bulk;
using Messaging.Outbox.DeadLetters;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tasks;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Tests.Sqlite;

/// <summary>How SQLite finds what lists show: by an index, in its order.</summary>
public sealed class ListPlanTests : OutboxStoreSuite
{
    [Fact]
    public async Task Groups_are_counted_by_the_index_alone()
    {
        await UnderTest.AddLettersAsync(2_000, groups: 4);
        var explained = new ExplainedQueries(Store.Queries);

        var page = await DeadLetterGroups.ListAsync(explained, after: null, 50, DateTimeOffset.UtcNow, default);

        Assert.Equal([500L, 500, 500, 500], page.Items.Select(group => group.Count));
        Assert.Contains(explained.Plans, plan => plan.Contains("COVERING INDEX dead_letters_group (group_id=?)", StringComparison.Ordinal));
        Assert.All(explained.Plans, plan => Assert.DoesNotContain("SCAN dead_letters", plan, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ann", null, "audit_who (who=?")]
    [InlineData("ann", "task.add", "audit_action (action=?")]
    public async Task Entries_of_the_audit_are_found_by_their_index(string? who, string? action, string index)
    {
        await UnderTest.AddAuditAsync(2_000);
        var explained = new ExplainedQueries(Store.Queries);

        await new AuditLog(Reader(explained)).PageAsync(new AuditFilter { Who = who, Action = action, Before = ManyRows.IdOf(1_000) });

        Assert.Contains(index, explained.Plans[0], StringComparison.Ordinal);
        Assert.DoesNotContain("SCAN audit", explained.Plans[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tasks_of_a_key_are_read_in_the_order_of_its_index()
    {
        await UnderTest.AddKeyedAsync(2_000);
        var explained = new ExplainedQueries(Store.Queries);
        var plan = await TaskSearch.PlanAsync(Reader(explained), new TaskQuery { Key = new TaskKey("tenant", "acme") }, default);

        var page = await plan.IdsAsync(Reader(explained), ManyRows.IdOf(1_001), BulkStepSize.Max, default);

        Assert.Equal(ManyRows.IdOf(1_000), page.Items[0]);
        Assert.DoesNotContain("TEMP B-TREE FOR ORDER BY", explained.Plans[0].Split("scanned", 2)[0], StringComparison.Ordinal);
        Assert.DoesNotContain("SCAN t", explained.Plans[0], StringComparison.Ordinal);
    }

    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();

    private static OutboxReader Reader(IStoreQueries queries) => new(queries, Options.Create(new OutboxOptions { CommitTimeout = TimeSpan.FromSeconds(30) }));
}
