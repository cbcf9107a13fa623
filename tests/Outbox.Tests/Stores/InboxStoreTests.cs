namespace Messaging.Outbox.Tests.Stores;

public sealed class SqliteInboxStoreTests : InboxStoreTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PgBouncerInboxStoreTests : InboxStoreTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PgBouncerUnderTest.CreateAsync();
}

public sealed class PostgresInboxStoreTests : InboxStoreTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>A key is consumed once, by one unit.</summary>
public abstract class InboxStoreTests : OutboxStoreSuite
{
    [Fact]
    public async Task A_unit_with_a_consumed_key_harms_no_other()
    {
        var key = Work.Key();
        await CommitAsync(Work.With(key));
        var duplicate = Work.With(key).Insert("twice");
        duplicate.Add(Work.Message());

        var unique = await CommitAsync(duplicate, Work.With(Work.Key()).Insert("once"));

        Assert.Equal([false, true], unique);
        Assert.Equal(1, await UnderTest.CountAsync("things"));
        Assert.Equal(1, await UnderTest.CountAsync("things", "name = 'once'"));
        Assert.Equal(0, await UnderTest.CountAsync("outbox"));
    }

    [Fact]
    public async Task A_duplicate_whose_rows_exist_is_no_failure()
    {
        var key = Work.Key();
        await CommitAsync(Work.With(key).Insert("row"));

        var unique = await CommitAsync(Work.With(key).Insert("row"), Work.With(Work.Key()).Insert("other"));

        Assert.Equal([false, true], unique);
        Assert.Equal(2, await UnderTest.CountAsync("things"));
    }

    [Fact]
    public async Task Of_two_units_with_one_key_in_one_group_one_is_committed()
    {
        var key = Work.Key();

        var unique = await CommitAsync(Work.With(key).Insert("first"), Work.With(key).Insert("second"));

        Assert.Equal([true, false], unique);
        Assert.Equal(1, await UnderTest.CountAsync("things"));
    }

    [Fact]
    public async Task Keys_of_every_kind_of_id_are_found()
    {
        var (consumer, other) = (Guid.NewGuid(), Guid.NewGuid());
        Guid[] ids =
        [
            Guid.CreateVersion7(), Guid.CreateVersion7(DateTimeOffset.UtcNow.AddDays(-400)), Guid.CreateVersion7(DateTimeOffset.UtcNow.AddDays(400)),
            new("f0000000-0000-4000-8000-000000000001"), new("00020000-ac11-0242-8000-000000000002"),
        ];
        var keys = ids.Select(id => new InboxKey(id, consumer)).ToList();
        await CommitAsync([.. keys.Append(new InboxKey(ids[0], other)).Select(Work.With)]);

        Assert.Equal(keys.ToHashSet(), (await Store.Inbox.FindDoneAsync(keys, [], default)).Consumed);
        Assert.Equal(keys[..1].ToHashSet(), (await Store.Inbox.FindDoneAsync(keys[..1], [], default)).Consumed);
    }

    [Fact]
    public async Task Consumed_keys_are_found_among_others()
    {
        var (consumed, unknown) = (Work.Key(), Work.Key());
        await CommitAsync(Work.With(consumed));

        Assert.Equal([consumed], (await Store.Inbox.FindDoneAsync([consumed, unknown], [], default)).Consumed);
    }
}
