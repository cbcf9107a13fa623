using Messaging.Outbox.Store;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.Stores;

public sealed class SqliteSeamTests : SeamTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresSeamTests : SeamTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

public sealed class PgBouncerSeamTests : SeamTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PgBouncerUnderTest.CreateAsync();
}

/// <summary>The seams that every store has; what commits, claims and the inbox have to do, the suites of <see cref="OutboxStoreSuite"/> say.</summary>
public abstract class SeamTests : StoreSuite
{
    private StoreSeams Store => UnderTest.Store;

    [Fact]
    public async Task Each_seam_is_a_service_by_itself()
    {
        var services = new ServiceCollection().AddOptions().AddSingleton(TimeProvider.System);
        UnderTest.Use(new OutboxBuilder(services));
        await using var provider = services.BuildServiceProvider();
        var seams = provider.GetRequiredService<StoreSeams>();

        Assert.All(typeof(StoreSeams).GetProperties(), seam => Assert.Same(seam.GetValue(seams), provider.GetRequiredService(seam.PropertyType)));
    }

    [Fact]
    public async Task Dialect_makes_statements_that_the_database_takes()
    {
        await Store.Commits.CommitAsync([Work.With(Work.Message()), Work.With(Work.Message())], lockWait: null, default);
        await using (var transaction = await Store.Commits.BeginAsync(default))
        {
            var locked = await transaction.Own.QueryAsync($"SELECT id FROM messaging.outbox WHERE {Store.Dialect.IsUnclaimed} {Store.Dialect.LockRows}", row => row.GetInt64(0), default);
            var never = await transaction.Own.ExecuteAsync(
                $"UPDATE messaging.outbox SET due_at = {Store.Dialect.Never} WHERE {Store.Dialect.IsAmong(FirstDue)}", default, new StoreTime(DateTimeOffset.UtcNow.AddMinutes(1)));
            await transaction.CommitAsync(new StagedWork(), default);

            Assert.Equal((2, 1), (locked.Count, never));
        }

        await using var claim = await Store.Outbox.ClaimAsync(10, settlements: null, default);
        Assert.Single(claim.Messages);

        string FirstDue(string row) => $"SELECT {row} FROM messaging.outbox WHERE due_at <= $1 ORDER BY id LIMIT 1 {Store.Dialect.SkipLocked}";
    }

    [Fact]
    public async Task Queries_turn_names_of_the_library_and_no_others()
    {
        await Store.Commits.CommitAsync([Work.With(Work.Message()).Insert("a")], lockWait: null, default);

        Assert.Equal([1L], await Store.Queries.QueryAsync("SELECT count(*) FROM messaging.outbox", [], row => row.GetInt64(0), default));
        Assert.Equal(["a"], await Store.Queries.QueryAsWrittenAsync("SELECT name FROM things WHERE name = $1", ["a"], row => row.GetString(0), default));
    }

    [Fact]
    public async Task Time_is_that_of_the_database()
    {
        Assert.InRange(await Store.Time.NowAsync(default), DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
    }

    [Fact]
    public async Task Health_is_told_by_a_look_at_the_tables() => await Store.Health.PingAsync(default);

    [Fact]
    public async Task Health_names_a_script_of_this_version_that_has_not_run()
    {
        await UnderTest.ExecuteAsync("DELETE FROM schema_versions WHERE scriptname LIKE '%.0040-bulk-retries.sql'");

        var old = await Assert.ThrowsAsync<StoreUnavailableException>(() => Store.Health.PingAsync(default));

        Assert.Equal("The outbox's tables are too old for this version: run the migration (0040-bulk-retries has not run).", old.Message);
    }

    [Fact]
    public async Task Space_is_short_of_what_cannot_be_there()
    {
        Assert.NotNull(await Store.Space.FindShortageAsync(new StorageLimits(long.MaxValue / 2, MaxDatabaseBytes: 1, TimeSpan.Zero), default));
    }

    [Fact]
    public async Task Retention_gives_its_turn_back()
    {
        for (var i = 0; i < 2; i++)
        {
            await using var turn = await Store.Retention.TakeTurnToCleanUpAsync(default);
            Assert.NotNull(turn);
        }
    }
}
