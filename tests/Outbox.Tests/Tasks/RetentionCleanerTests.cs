using Messaging.Outbox.Audit;
using Messaging.Outbox.Tasks;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Tests.Tasks;

public sealed class SqliteRetentionCleanerTests : RetentionCleanerTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresRetentionCleanerTests : RetentionCleanerTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();

    [Fact]
    public async Task Partitions_are_created_ahead_while_the_process_runs()
    {
        var before = await PartitionsAsync();
        using var logs = new LogCapture();
        using var cleaner = Cleaner(logs);
        await cleaner.StartAsync(default);

        await Eventually.True(async () => await PartitionsAsync() > before, "there are more partitions");
        await cleaner.StopAsync(default);
    }

    [Fact]
    public async Task Rows_are_deleted_although_partitions_cannot_be_created()
    {
        for (var days = 2; days <= 3; days++) // the database may have been created yesterday
        {
            await UnderTest.ExecuteAsync($"CREATE TABLE IF NOT EXISTS {UnderTest.NameOf("tasks")}_p{DateTime.UtcNow.Date.AddDays(days):yyyyMMddHHmm} ()");
        }

        await AddOldEntryAsync();
        using var logs = new LogCapture();
        using var cleaner = Cleaner(logs);
        await cleaner.StartAsync(default);

        await Eventually.True(async () => await UnderTest.CountAsync("audit") == 0, "the old entry is gone");
        await cleaner.StopAsync(default);
        Assert.Contains(logs.Lines, line => line.Contains("Partitions could not be created", StringComparison.Ordinal));
    }

    private Task<long> PartitionsAsync() => UnderTest.CountAsync("pg_inherits", $"inhparent = '{UnderTest.NameOf("tasks")}'::regclass");
}

/// <summary>The clean-up of a process that runs.</summary>
public abstract class RetentionCleanerTests : StoreSuite
{
    [Fact]
    public async Task Rows_past_their_retention_are_deleted_while_the_process_runs()
    {
        await AddOldEntryAsync();
        using var logs = new LogCapture();
        using var cleaner = Cleaner(logs);
        await cleaner.StartAsync(default);

        await Eventually.True(async () => await UnderTest.CountAsync("audit") == 0, "the old entry is gone");
        await cleaner.StopAsync(default);
    }

    [Fact]
    public async Task The_message_of_a_cancelled_task_is_deleted_with_it()
    {
        foreach (var kind in new[] { "there", "gone" })
        {
            await UnderTest.Store.Commits.CommitAsync([Work.With(Work.Message() with { MessageId = Guid.CreateVersion7(DateTimeOffset.UtcNow.AddDays(-400)), TaskKind = kind })], lockWait: null, default);
        }

        await UnderTest.ExecuteAsync("UPDATE outbox SET waiting = 2");
        await UnderTest.ExecuteAsync("DELETE FROM tasks WHERE kind = 'gone'");
        using var logs = new LogCapture();
        using var cleaner = Cleaner(logs);
        await cleaner.StartAsync(default);

        await Eventually.True(async () => await UnderTest.CountAsync("outbox") == 1, "one message is gone");
        await cleaner.StopAsync(default);
        Assert.Equal(1, await UnderTest.CountAsync("outbox", "message_id = (SELECT id FROM tasks WHERE kind = 'there')"));
    }

    [Fact]
    public async Task A_delayed_message_without_a_task_stays()
    {
        foreach (var id in new[] { Guid.CreateVersion7(DateTimeOffset.UtcNow.AddDays(-400)), Guid.Parse("00020000-ac11-0242-0000-08dd00000001"), Guid.Parse("ffff0000-ac11-0242-0000-08dd00000001") })
        {
            await UnderTest.Store.Commits.CommitAsync([Work.With(Work.Message() with { MessageId = id, Delay = TimeSpan.FromDays(500) })], lockWait: null, default);
        }

        Assert.Equal(3, await UnderTest.CountAsync("outbox", "waiting = 1"));
        await AddOldEntryAsync();
        using var logs = new LogCapture();
        using var cleaner = Cleaner(logs);
        await cleaner.StartAsync(default);

        await Eventually.True(async () => await UnderTest.CountAsync("audit") == 0, "the clean-up has come to its end");
        await cleaner.StopAsync(default);
        Assert.Equal(3, await UnderTest.CountAsync("outbox"));
    }

    [Fact]
    public async Task Rows_are_deleted_although_those_of_another_table_cannot_be()
    {
        await AddOldEntryAsync();
        await UnderTest.ExecuteAsync($"ALTER TABLE {UnderTest.NameOf("task_attempts")} RENAME COLUMN ended_at TO ended");
        using var logs = new LogCapture();
        using var cleaner = Cleaner(logs);
        await cleaner.StartAsync(default);

        await Eventually.True(async () => await UnderTest.CountAsync("audit") == 0, "the old entry is gone");
        await cleaner.StopAsync(default);
        Assert.Contains(logs.Lines, line => line.Contains("The clean-up failed", StringComparison.Ordinal));
    }

    // Of a month, so that a partition is a week.
    private protected RetentionCleaner Cleaner(LogCapture logs) => new(
        UnderTest.Store.Retention,
        UnderTest.Store.Time,
        UnderTest.Store.Commits,
        UnderTest.Store.Dialect,
        Options.Create(new OutboxOptions { CleanUpInterval = TimeSpan.FromSeconds(1), SucceededTaskRetention = TimeSpan.FromDays(30) }),
        new StoreClock(TimeProvider.System),
        LoggerFactory.Create(builder => builder.AddProvider(logs)).CreateLogger<RetentionCleaner>());

    private protected async Task AddOldEntryAsync()
    {
        await using var transaction = await UnderTest.Store.Commits.BeginAsync(default);
        await transaction.Own.WriteAsync(AuditSql.Entry(DateTimeOffset.UtcNow.AddDays(-400), "who", "task.cancel", "target"), default);
        await transaction.CommitAsync(new StagedWork(), default);
    }
}
