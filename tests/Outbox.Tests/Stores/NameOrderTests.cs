using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Queues;
using Messaging.Outbox.Tests.Schedules;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Messaging.Outbox.Tests.Stores;

public sealed class SqliteNameOrderTests : NameOrderTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresNameOrderTests : NameOrderTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>Names are paged in one order, whatever the collation of the database makes of case, accents and punctuation.</summary>
public abstract class NameOrderTests : StoreSuite
{
    private static readonly string[] Names = ["ab", "a-c", "a_b", "a.b", "b", "Ä"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Pages_of_schedules_have_each_name_once(int size)
    {
        await using var process = await SchedulerUnderTest.StartAsync(UnderTest, new FakeTimeProvider(DateTimeOffset.UtcNow));
        foreach (var name in Names)
        {
            await process.PutAsync("0 0 * * *", name: name == "Ä" ? "umlaut" : name);
        }

        await UnderTest.ExecuteAsync("UPDATE schedules SET name = 'Ä' WHERE name = 'umlaut'"); // of an application that stored it by itself

        var found = new List<string>();
        while (await process.DoAsync(s => s.ListAsync(size, found.LastOrDefault())) is { Count: > 0 } page)
        {
            Assert.True(found.Count < Names.Length, string.Join(' ', found));
            found.AddRange(page.Select(s => s.Name));
        }

        Assert.Equal(Names.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_list_of_queues_has_each_name_once()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        await pipeline.QueueAsync("note");
        foreach (var (from, to) in new[] { ("count", "ab"), ("greet", "a-c"), ("greeted", "a_b"), ("jot", "a.b"), ("note", "Ä") })
        {
            await UnderTest.ExecuteAsync($"UPDATE queues SET name = '{to}' WHERE name = '{from}'");
        }

        var found = await pipeline.Services.GetRequiredService<IQueueStore>().ListAsync(TestContext.Current.CancellationToken);

        Assert.Equal(
            ["a-c", "a.b", "a_b", "ab", "Ä"],
            found.Select(q => q.Settings.Name).Except(["count", "greet", "greeted", "jot", "note"]).Order(StringComparer.Ordinal)); // its worker reports those again
    }
}
