using Messaging.Outbox.Audit;
using Messaging.Outbox.Bulk;
using Messaging.Outbox.DeadLetters;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tasks;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Tests.PostgreSql;

/// <summary>
/// What lists read of many rows, in blocks: time says nothing on a machine that is busy. Each number is a few times what is read, and a part of what a plan
/// reads that goes through all rows (docs/performance).
/// </summary>
public sealed class BoundedReadTests : OutboxStoreSuite
{
    [Fact]
    public async Task Groups_are_counted_without_reading_their_letters()
    {
        await UnderTest.AddLettersAsync(20_000, groups: 40); // 5,000 blocks
        await AnalyzeAsync();
        var explained = new ExplainedQueries(Store.Queries);

        var page = await DeadLetterGroups.ListAsync(explained, after: null, 50, DateTimeOffset.UtcNow, default);

        Assert.Equal((40, 20_000L, null), (page.Items.Count, page.Items.Sum(group => group.Count), page.Next));
        Assert.All(page.Items, group => Assert.Equal(500, group.Trend.Sum()));
        Assert.True(explained.Blocks < 2_000, $"It has read {explained.Blocks} blocks.");
    }

    [Fact]
    public async Task A_rare_error_is_searched_page_by_page()
    {
        await UnderTest.AddLettersAsync(20_000, groups: 40);
        await AnalyzeAsync();
        var explained = new ExplainedQueries(Store.Queries);

        var page = await ListAsync(explained, new DeadLetterQuery { Error = "nothing" });

        Assert.Equal((0, ManyRows.IdOf(15_001)), (page.Items.Count, page.Next));
        Assert.True(explained.Blocks < 3_000, $"It has read {explained.Blocks} blocks.");
    }

    [Fact]
    public async Task A_letter_of_a_rare_queue_is_found_at_once()
    {
        await UnderTest.AddLettersAsync(20_000, groups: 40);
        await AnalyzeAsync();
        var explained = new ExplainedQueries(Store.Queries);

        var page = await ListAsync(explained, new DeadLetterQuery { Queue = "rare" });

        Assert.Equal((ManyRows.IdOf(100), null), (Assert.Single(page.Items).Id, page.Next));
        Assert.True(explained.Blocks < 50, $"It has read {explained.Blocks} blocks.");
    }

    [Theory]
    [InlineData("rare", null, 3, 50)]
    [InlineData(null, "queue.purge", 3, 50)]
    [InlineData("ann", "queue.purge", 3, 50)]
    [InlineData("rare", "task.add", 0, 3_000)]
    [InlineData("nobody", null, 0, 50)]
    public async Task Rare_entries_of_the_audit_are_not_searched_in_all(string? who, string? action, int found, int most)
    {
        await UnderTest.AddAuditAsync(20_000); // 5,000 blocks
        await AnalyzeAsync();
        var explained = new ExplainedQueries(Store.Queries);

        var page = await new AuditLog(Reader(explained)).PageAsync(new AuditFilter { Who = who, Action = action });

        Assert.Equal(found, page.Items.Count);
        Assert.True(explained.Blocks < most, $"It has read {explained.Blocks} blocks.");
    }

    [Fact]
    public async Task A_step_by_a_key_reads_a_part_of_its_tasks()
    {
        await UnderTest.AddKeyedAsync(20_000);
        await AnalyzeAsync();
        var explained = new ExplainedQueries(Store.Queries);
        var plan = await TaskSearch.PlanAsync(Reader(explained), new TaskQuery { Key = new TaskKey("tenant", "acme"), States = [TaskState.Scheduled] }, default);

        var page = await plan.IdsAsync(Reader(explained), ManyRows.IdOf(10_001), BulkStepSize.Max, default);

        Assert.Equal((BulkStepSize.Max, ManyRows.IdOf(10_000), ManyRows.IdOf(9_801)), (page.Items.Count, page.Items[0], page.Next));
        Assert.True(explained.Blocks < 1_500, $"It has read {explained.Blocks} blocks.");
    }

    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();

    private static Task<Page<DeadLetterRecord>> ListAsync(ExplainedQueries explained, DeadLetterQuery query) =>
        DeadLetterQuerySql.Plan(query).PageAsync(Reader(explained), DeadLetterQuerySql.Columns, DeadLetterQuerySql.Read, after: null, limit: 50, default);

    private static OutboxReader Reader(IStoreQueries queries) => new(queries, Options.Create(new OutboxOptions { CommitTimeout = TimeSpan.FromSeconds(30) }));

    private Task AnalyzeAsync() => UnderTest.ExecuteAsync("VACUUM ANALYZE");
}
