using Messaging.Outbox.PostgreSql.Claims;
using Microsoft.Extensions.Time.Testing;

namespace Messaging.Outbox.Tests.PostgreSql;

/// <summary>A claim does not step over what the claims before it have taken; and passes nothing by for long.</summary>
public sealed class ClaimPositionsTests
{
    private static readonly DateTime Due = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc), Before = Due.AddSeconds(-1);
    private readonly FakeTimeProvider _time = new();
    private readonly ClaimPositions _positions;

    public ClaimPositionsTests()
    {
        _positions = new ClaimPositions(_time);
        _positions.Next();
    }

    [Fact]
    public void A_claim_after_a_full_one_begins_where_that_ended()
    {
        Claim(2, (QueuePriority.Normal, 7), (QueuePriority.Normal, 8), (QueuePriority.Low, 9));

        Assert.Equal([(Before, 0), (Due, 8), (Before, 0)], _positions.Next());
    }

    [Fact]
    public void A_claim_after_a_short_one_begins_a_second_earlier()
    {
        Claim(2, (QueuePriority.Normal, 7), (QueuePriority.Normal, 8));
        Claim(2, (QueuePriority.Normal, 9));

        Assert.Equal([(Before, 0), (Before, 0), (Before, 0)], _positions.Next());
    }

    [Fact]
    public void A_claim_after_an_empty_one_begins_at_the_same_place()
    {
        Claim(2, (QueuePriority.Normal, 7), (QueuePriority.Normal, 8));
        Claim(2);

        Assert.Equal([(Before, 0), (Due, 8), (Before, 0)], _positions.Next());
    }

    [Fact]
    public void A_claim_after_a_reset_begins_at_the_beginning()
    {
        Claim(1, (QueuePriority.High, 7));
        _positions.Reset();

        Assert.All(_positions.Next(), position => Assert.Equal((DateTime.MinValue, 0), position));
    }

    [Fact]
    public void Twice_a_second_a_claim_begins_at_the_beginning()
    {
        var begun = 0;
        for (var i = 0; i < 100; i++)
        {
            Claim(1, (QueuePriority.Normal, i + 1));
            _time.Advance(TimeSpan.FromMilliseconds(100));
            begun += _positions.Next()[1].Id == 0 ? 1 : 0;
        }

        Assert.InRange(begun, 16, 20);
    }

    private void Claim(int limit, params (QueuePriority Level, long Id)[] rows) =>
        _positions.Claimed([.. rows.Select(row => (row.Level, (Due, row.Id)))], level => rows.Count(row => row.Level == level) >= limit);
}
