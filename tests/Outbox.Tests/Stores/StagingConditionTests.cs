using System.Runtime.Serialization;

namespace Messaging.Outbox.Tests.Stores;

public sealed class SqliteStagingConditionTests : StagingConditionTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PgBouncerStagingConditionTests : StagingConditionTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PgBouncerUnderTest.CreateAsync();
}

public sealed class PostgresStagingConditionTests : StagingConditionTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>A message is stored, and serialized, when its condition holds.</summary>
public abstract class StagingConditionTests : OutboxStoreSuite
{
    private static Lazy<MessageContent> NotSerializable => new(() => throw new SerializationException("Not serializable."));

    [Fact]
    public async Task A_condition_decides_in_the_transaction_which_message_is_stored()
    {
        var work = new StagedWork();
        var insert = work.Stage("INSERT INTO things (name) VALUES ($1) ON CONFLICT (name) DO NOTHING", "a");
        var (created, repeated) = (Work.Message().If(insert.Affected), Work.Message().If(insert.AffectedNothing));
        work.Add(created);
        work.Add(repeated);
        await CommitAsync(work);
        await using (var claim = await ClaimAsync())
        {
            Assert.Equal(created.MessageId, Assert.Single(claim.Messages).MessageId);
            await claim.CompleteAsync([], [], default);
        }

        var second = new StagedWork();
        var again = second.Stage("INSERT INTO things (name) VALUES ($1) ON CONFLICT (name) DO NOTHING", "a");
        second.Add(created.If(again.Affected));
        second.Add(repeated.If(again.AffectedNothing));
        await CommitAsync(second);

        await using var next = await ClaimAsync();
        Assert.Equal(repeated.MessageId, Assert.Single(next.Messages).MessageId);
    }

    [Fact]
    public async Task In_a_group_each_condition_decides_by_its_own_row()
    {
        await CommitAsync(new StagedWork().Insert("there"));
        var units = ((string[])["a", "there", "a", "b"]).Select(name =>
        {
            var work = new StagedWork();
            var insert = work.Stage("INSERT INTO things (name) VALUES ($1) ON CONFLICT (name) DO NOTHING", name);
            work.Add(Work.Message().If(insert.Affected));
            return work;
        }).ToArray();

        await CommitAsync(units);

        Assert.Equal([1, 0, 0, 1], units.Select(u => u.Commands[0].RowsAffected));
        await using var claim = await ClaimAsync();
        Assert.Equal(new[] { units[0], units[3] }.Select(u => u.Messages[0].MessageId), claim.Messages.Select(m => m.MessageId));
    }

    [Fact]
    public async Task A_message_whose_condition_does_not_hold_is_not_serialized()
    {
        var work = new StagedWork();
        var insert = work.Stage("INSERT INTO things (name) VALUES ($1) ON CONFLICT (name) DO NOTHING", "a");
        work.Add(Work.Message().If(insert.Affected));
        work.Add(Work.Message().If(insert.AffectedNothing) with { Content = NotSerializable });

        await CommitAsync(work);

        Assert.Equal(1, await UnderTest.CountAsync("outbox"));
    }

    [Fact]
    public async Task A_message_that_cannot_be_serialized_undoes_only_its_unit()
    {
        var work = new StagedWork();
        var insert = work.Stage("INSERT INTO things (name) VALUES ($1)", "a");
        work.Add(Work.Message().If(insert.Affected) with { Content = NotSerializable });

        await Assert.ThrowsAsync<SerializationException>(() => CommitAsync(work));

        await CommitAsync(Work.With(Work.Message()));
        Assert.Equal((0, 1), (await UnderTest.CountAsync("things"), await UnderTest.CountAsync("outbox")));
    }
}
