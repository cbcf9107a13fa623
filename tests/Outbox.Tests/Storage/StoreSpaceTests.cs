using Messaging.Outbox.Staging;
using Messaging.Outbox.Storage;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Tests.Storage;

/// <summary>What a store says of its space.</summary>
public abstract class StoreSpaceTests : StoreSuite
{
    [Fact]
    public async Task By_default_a_store_with_room_has_room() => Assert.Null(await FindAsync(new OutboxOptions()));

    protected async Task<string?> FindAsync(OutboxOptions options)
    {
        using var reserve = new StorageReserve(UnderTest.Store.Space, [], Options.Create(options), TimeProvider.System);
        return await reserve.FindShortageAsync();
    }
}

public sealed class SqliteSpaceTests : StoreSpaceTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();

    [Fact]
    public async Task A_reserve_that_is_larger_than_the_disk_is_touched() =>
        Assert.StartsWith("The disk of the database file has ", await FindAsync(new OutboxOptions { MinFreeBytes = long.MaxValue / 4 }), StringComparison.Ordinal);

    [Fact]
    public async Task The_log_of_a_large_transaction_gives_its_space_back()
    {
        for (var i = 0; i < 8; i++)
        {
            await UnderTest.Store.Commits.CommitAsync([new StagedWork().Insert(new string((char)('a' + i), 100_000))], lockWait: null, default);
        }

        var log = new FileInfo($"{UnderTest.Store.Space.File}-wal");
        Assert.True(log.Length > 500_000);

        await FindAsync(new OutboxOptions { MinFreeBytes = long.MaxValue / 4 });

        log.Refresh();
        Assert.InRange(log.Length, 0, 10_000);
        Assert.Equal(8, await UnderTest.CountAsync("things"));
    }

    [Fact]
    public async Task The_disk_of_the_database_file_is_not_asked_twice()
    {
        var gauge = new DiskGauge("the files", Path.GetDirectoryName(UnderTest.Store.Space.File)!, minFreeBytes: long.MaxValue / 4);
        using var reserve = new StorageReserve(UnderTest.Store.Space, [gauge], Options.Create(new OutboxOptions()), TimeProvider.System);

        Assert.Null(await reserve.FindShortageAsync());
        Assert.StartsWith("The disk of the files has ", await gauge.FindShortageAsync(), StringComparison.Ordinal);
    }
}

public sealed class PostgresSpaceTests : StoreSpaceTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();

    [Fact]
    public async Task A_database_that_is_larger_than_it_may_be_is_short()
    {
        Assert.Contains("Outbox:MaxDatabaseBytes", await FindAsync(new OutboxOptions { MaxDatabaseBytes = 1_048_576 }), StringComparison.Ordinal);
        Assert.Null(await FindAsync(new OutboxOptions { MaxDatabaseBytes = 1L << 40 }));
    }

    [Fact]
    public async Task A_disk_that_was_full_is_short_until_a_write_succeeds()
    {
        await UnderTest.ExecuteAsync(
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON things FOR EACH ROW EXECUTE FUNCTION refuse();
            CREATE TRIGGER refuse BEFORE INSERT ON mq.x_sent_messages FOR EACH ROW EXECUTE FUNCTION refuse();
            """);
        await Assert.ThrowsAsync<StoreUnavailableException>(
            () => UnderTest.Store.Commits.CommitAsync([new StagedWork().Insert("a")], lockWait: null, default));

        Assert.Equal("The database's disk is full (53100).", await FindAsync(new OutboxOptions()));
        await UnderTest.ExecuteAsync("DROP TRIGGER refuse ON mq.x_sent_messages");

        Assert.Null(await FindAsync(new OutboxOptions()));
    }

    [Fact]
    public async Task A_transaction_that_finds_the_disk_full_is_noticed()
    {
        await UnderTest.ExecuteAsync(
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON things FOR EACH ROW EXECUTE FUNCTION refuse();
            CREATE TRIGGER refuse BEFORE INSERT ON mq.x_sent_messages FOR EACH ROW EXECUTE FUNCTION refuse();
            """);
        await using (var transaction = await UnderTest.Store.Commits.BeginAsync(default))
        {
            await Assert.ThrowsAsync<StoreUnavailableException>(() => transaction.CommitAsync(new StagedWork().Insert("a"), default));
        }

        Assert.Equal("The database's disk is full (53100).", await FindAsync(new OutboxOptions()));
    }
}
