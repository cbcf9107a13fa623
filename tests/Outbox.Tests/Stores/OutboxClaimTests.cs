namespace Messaging.Outbox.Tests.Stores;

public sealed class SqliteOutboxClaimTests : OutboxClaimTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();

    [Fact]
    public async Task What_a_process_died_with_counts_as_a_delivery()
    {
        await SendAsync();

        await Store.Outbox.RecoverAsync(default); // by the next start

        await using var again = await ClaimAsync();
        Assert.Equal(1, Assert.Single(again.Messages).Attempts);
    }

    [Fact]
    public async Task What_is_in_flight_at_a_stop_counts_as_none()
    {
        await Store.Outbox.RecoverAsync(default); // by this start
        await SendAsync();

        await Store.Outbox.ReleaseAsync(default);
        await Store.Outbox.RecoverAsync(default); // by the next one

        await using var again = await ClaimAsync();
        Assert.Equal(0, Assert.Single(again.Messages).Attempts);
    }

    [Fact]
    public async Task A_process_that_never_claimed_releases_nothing()
    {
        await SendAsync();

        await Store.Outbox.ReleaseAsync(default);

        Assert.Equal(1, await UnderTest.CountAsync("outbox", "in_flight = 1"));
    }

    /// <summary>Sends a message to a consumer that does not begin.</summary>
    private async Task SendAsync()
    {
        await CommitAsync(Work.With(Work.Message()));
        await using var claim = await Store.Outbox.ClaimAsync(10, _ => 1, default);
        Assert.Single(claim.Messages);
        await claim.CompleteAsync([], [], default);
    }
}

public sealed class PgBouncerOutboxClaimTests : OutboxClaimTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PgBouncerUnderTest.CreateAsync();
}

public sealed class PostgresOutboxClaimTests : OutboxClaimTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>Which messages a claim has, and what becomes of them.</summary>
public abstract class OutboxClaimTests : OutboxStoreSuite
{
    [Fact]
    public async Task A_committed_message_can_be_claimed_with_every_byte_it_had()
    {
        var (metadata, body) = ("""{"messageTypes":["a"],"x":"'\"ü😀"}""", new byte[] { 0, 1, 2, 255 });
        var message = Work.Message() with { Content = MessageContent.Of(metadata, body) };

        await CommitAsync(Work.With(message));

        await using var claim = await ClaimAsync();
        var claimed = Assert.Single(claim.Messages);
        Assert.Equal(
            (message.MessageId, message.Destination, message.ContentType, metadata, 0),
            (claimed.MessageId, claimed.Destination, claimed.ContentType, claimed.Metadata, claimed.Attempts));
        Assert.Equal(body, claimed.Body);
    }

    [Fact]
    public async Task A_completed_claim_leaves_nothing_behind()
    {
        await CommitAsync(Work.With(Work.Message()), Work.With(Work.Message()));

        await using (var claim = await ClaimAsync())
        {
            Assert.Equal(2, claim.Messages.Count);
            await claim.CompleteAsync([], [], default);
        }

        Assert.Equal(0, await UnderTest.CountAsync("outbox"));
    }

    [Fact]
    public async Task A_claim_that_is_not_completed_makes_its_messages_due_again()
    {
        await CommitAsync(Work.With(Work.Message()));
        await using (var claim = await ClaimAsync())
        {
            Assert.Single(claim.Messages);
        }

        await using var again = await ClaimAsync();
        Assert.Single(again.Messages);
    }

    [Fact]
    public async Task Two_dispatchers_never_claim_the_same_message()
    {
        await CommitAsync([.. Enumerable.Range(0, 10).Select(_ => Work.With(Work.Message()))]);

        await using var first = await Store.Outbox.ClaimAsync(6, null, default);
        await using var second = await Store.Outbox.ClaimAsync(10, null, default);

        Assert.Equal(6, first.Messages.Count);
        Assert.Equal(4, second.Messages.Count);
        Assert.Empty(first.Messages.Select(m => m.MessageId).Intersect(second.Messages.Select(m => m.MessageId)));
    }

    [Fact]
    public async Task A_row_that_becomes_due_early_is_claimed_within_a_second()
    {
        await CommitAsync([.. Enumerable.Range(0, 3).Select(_ => Work.With(Work.Message()))]);
        await using (var full = await Store.Outbox.ClaimAsync(2, null, default))
        {
            Assert.Equal(2, full.Messages.Count);
            await full.CompleteAsync([], [], default);
        }

        var late = Work.Message() with { Delay = TimeSpan.FromHours(-1) }; // as a transaction that began earlier, and is committed now
        await CommitAsync(Work.With(late));
        var claimed = new List<Guid>();
        await Eventually.True(
            async () =>
            {
                await using var next = await Store.Outbox.ClaimAsync(1, null, default); // full each time
                claimed.AddRange(next.Messages.Select(m => m.MessageId));
                await next.CompleteAsync([], [], default);
                return claimed.Count == 2;
            },
            "both are claimed");

        Assert.Contains(late.MessageId, claimed);
    }

    [Fact]
    public async Task A_full_claim_that_is_released_is_claimed_next()
    {
        await CommitAsync([.. Enumerable.Range(0, 4).Select(_ => Work.With(Work.Message()))]);
        Guid[] given;
        await using (var claim = await Store.Outbox.ClaimAsync(2, null, default))
        {
            given = [.. claim.Messages.Select(m => m.MessageId)];
        }

        await using var next = await Store.Outbox.ClaimAsync(2, null, default);

        Assert.Equal(given, next.Messages.Select(m => m.MessageId));
    }

    [Fact]
    public async Task A_claim_ends_with_the_bytes_that_a_process_can_hold()
    {
        const int Bytes = OutboxMessage.MaxClaimedBytes * 3 / 8;
        await CommitAsync([.. Enumerable.Range(0, 5).Select(_ => Work.With(OfBytes(Bytes)))]);
        await CommitAsync(Work.With(OfBytes(1) with { Priority = QueuePriority.Low }));

        Assert.Equal([Bytes, Bytes, Bytes, 1], await ClaimedBytesAsync());
        Assert.Equal([Bytes, Bytes], await ClaimedBytesAsync());
    }

    [Fact]
    public async Task A_message_that_is_larger_than_a_claim_is_claimed_by_itself()
    {
        await CommitAsync(Work.With(OfBytes(OutboxMessage.MaxClaimedBytes + 1)), Work.With(OfBytes(1)));

        Assert.Equal([OutboxMessage.MaxClaimedBytes + 1], await ClaimedBytesAsync());
        Assert.Equal([1], await ClaimedBytesAsync());
    }

    [Fact]
    public async Task A_message_that_cannot_be_sent_is_rescheduled_and_blocks_no_other()
    {
        var (bad, good) = (Work.Message(), Work.Message());
        await CommitAsync(Work.With(bad), Work.With(good));
        await using (var claim = await ClaimAsync())
        {
            var failed = claim.Messages.Single(m => m.MessageId == bad.MessageId);
            await claim.CompleteAsync([new SendFailure(failed, TimeSpan.FromHours(1), "no route")], [], default);
        }

        Assert.Equal(1, await UnderTest.CountAsync("outbox", "attempts = 1 AND last_error = 'no route'"));
        await using var next = await ClaimAsync();
        Assert.Empty(next.Messages);
    }

    [Fact]
    public async Task A_rescheduled_message_is_due_again_at_its_time()
    {
        await CommitAsync(Work.With(Work.Message()));
        await using (var claim = await ClaimAsync())
        {
            await claim.CompleteAsync([new SendFailure(claim.Messages[0], TimeSpan.Zero, "no route")], [], default);
        }

        await using var next = await ClaimAsync();
        Assert.Equal(1, Assert.Single(next.Messages).Attempts);
    }

    [Fact]
    public async Task The_store_knows_when_the_next_message_is_due()
    {
        Assert.Null(await Store.Outbox.UntilNextDueAsync(default));

        await CommitAsync(Work.With(Work.Message() with { Delay = TimeSpan.FromHours(2) }));
        await CommitAsync(Work.With(Work.Message() with { Delay = TimeSpan.FromHours(1), Priority = QueuePriority.Low }));
        Assert.InRange((await Store.Outbox.UntilNextDueAsync(default))!.Value, TimeSpan.FromMinutes(59), TimeSpan.FromHours(1));

        await CommitAsync(Work.With(Work.Message()));
        Assert.InRange((await Store.Outbox.UntilNextDueAsync(default))!.Value, TimeSpan.FromMinutes(-1), TimeSpan.Zero);
    }

    [Fact]
    public async Task A_delayed_message_is_not_due_before_its_time()
    {
        await CommitAsync(Work.With(Work.Message() with { Delay = TimeSpan.FromHours(1) }));

        await using var claim = await ClaimAsync();

        Assert.Empty(claim.Messages);
        Assert.Equal(1, await UnderTest.CountAsync("outbox"));
    }

    private static StagedMessage OfBytes(int count) => Work.Message() with { Content = MessageContent.Of("{}", new byte[count]) };

    private async Task<IEnumerable<int>> ClaimedBytesAsync()
    {
        await using var claim = await ClaimAsync();
        await claim.CompleteAsync([], [], default);
        return claim.Messages.Select(m => m.Body.Length);
    }
}
