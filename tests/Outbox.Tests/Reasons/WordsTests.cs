using Messaging.Outbox.Reasons;

namespace Messaging.Outbox.Tests.Reasons;

/// <summary>Times and figures in a sentence.</summary>
public sealed class WordsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 30, 12, 3, 4, TimeSpan.Zero);

    [Fact]
    public void Durations_are_written_as_the_pages_write_them() =>
        Assert.All(Durations.InWords, duration => Assert.Equal(duration.Words, Words.For(TimeSpan.FromSeconds(duration.Seconds))));

    [Fact]
    public void A_time_of_another_day_has_its_date()
    {
        Assert.Equal("12:03:04 UTC", Words.At(Noon, Noon.AddHours(3)));
        Assert.Equal("2026-11-30 12:03:04 UTC", Words.At(Noon, Noon.AddHours(12)));
        Assert.Equal("12:03:04 UTC", Words.At(Noon.ToOffset(TimeSpan.FromHours(14)), Noon));
    }

    [Theory]
    [InlineData(1, "message", "1 message")]
    [InlineData(10_000, "message", "10,000 messages")]
    [InlineData(2, "process", "2 processes")]
    public void A_count_has_its_noun(long count, string noun, string words) => Assert.Equal(words, Words.Count(count, noun));
}
