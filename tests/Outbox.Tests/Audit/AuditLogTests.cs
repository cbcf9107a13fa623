using Messaging.Outbox.Audit;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tests.Stores;

namespace Messaging.Outbox.Tests.Audit;

public sealed class SqliteAuditLogTests : AuditLogTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresAuditLogTests : AuditLogTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>Who did what is known exactly when it was done.</summary>
public abstract class AuditLogTests : StoreSuite
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task An_entry_exists_only_once_its_transaction_is_committed()
    {
        var entry = AuditSql.Entry(Noon, "ann", "task.cancel", "1", "Queued", """{"why":"ü"}""");
        await using (var rolledBack = await UnderTest.Store.Commits.BeginAsync(default))
        {
            await rolledBack.Own.ExecuteAsync(AuditSql.Insert, default, AuditSql.Parameters(entry));
        }

        Assert.Empty(await Log.ReadAsync(new AuditFilter()));

        await WriteAsync(entry);

        Assert.Equal(entry, Assert.Single(await Log.ReadAsync(new AuditFilter())));
    }

    [Fact]
    public async Task Entries_are_read_newest_first_with_filters_and_pages()
    {
        var entries = Enumerable.Range(0, 6)
            .Select(i => AuditSql.Entry(Noon.AddMinutes(i), i < 3 ? "ann" : "bob", i % 2 == 0 ? "task.cancel" : "task.redrive", $"{i}"))
            .ToList();
        foreach (var entry in entries)
        {
            await WriteAsync(entry);
        }

        Assert.Equal(["5", "4"], await TargetsAsync(new AuditFilter { Limit = 2 }));
        Assert.Equal(["3", "2"], await TargetsAsync(new AuditFilter { Limit = 2, Before = entries[4].Id }));
        Assert.Equal(["2", "1", "0"], await TargetsAsync(new AuditFilter { Who = "ann" }));
        Assert.Equal(["4"], await TargetsAsync(new AuditFilter { Who = "bob", Action = "task.cancel" }));
        Assert.Equal(["1"], await TargetsAsync(new AuditFilter { Target = "1", Before = entries[2].Id }));
    }

    [Fact]
    public async Task Entries_are_read_between_two_times()
    {
        for (var i = 0; i < 5; i++)
        {
            await WriteAsync(AuditSql.Entry(Noon.AddMinutes(i), "ann", "task.cancel", $"{i}"));
        }

        Assert.Equal(["3", "2", "1"], await TargetsAsync(new AuditFilter { AtFrom = Noon.AddMinutes(1), AtBefore = Noon.AddMinutes(4) }));
        Assert.Equal(["4", "3"], await TargetsAsync(new AuditFilter { AtFrom = Noon.AddMinutes(2).AddMilliseconds(1) }));
        Assert.Equal(["1", "0"], await TargetsAsync(new AuditFilter { AtBefore = Noon.AddMinutes(1).AddMilliseconds(1), Who = "ann" }));
    }

    private AuditLog Log => new(UnderTest.Own);

    private async Task<IEnumerable<string>> TargetsAsync(AuditFilter filter) => (await Log.ReadAsync(filter)).Select(e => e.Target);

    private async Task WriteAsync(AuditEntry entry)
    {
        await using var transaction = await UnderTest.Store.Commits.BeginAsync(default);
        await transaction.Own.ExecuteAsync(AuditSql.Insert, default, AuditSql.Parameters(entry));
        await transaction.CommitAsync(new StagedWork(), default);
    }
}
