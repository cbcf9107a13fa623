using Messaging.Outbox.Reasons;

namespace Messaging.Outbox.Tests.Reasons;

/// <summary>Times and figures in a sentence, and the reading that callers share.</summary>
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

    [Fact]
    public async Task Callers_at_the_same_time_share_one_reading()
    {
        var (readings, answer) = (0, new TaskCompletionSource<int>());
        var shared = new SharedReading<int>(
            () =>
            {
                readings++;
                return answer.Task;
            },
            TimeProvider.System);
        using var impatient = new CancellationTokenSource();

        var calls = Enumerable.Range(0, 50).Select(_ => shared.GetAsync(default)).ToList();
        var cancelled = shared.GetAsync(impatient.Token);
        await impatient.CancelAsync();
        answer.SetResult(7);

        Assert.All(await Task.WhenAll(calls), value => Assert.Equal(7, value));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.Equal(1, readings);
    }

    [Fact]
    public async Task A_reading_that_failed_is_made_again()
    {
        var fails = true;
        var shared = new SharedReading<int>(() => fails ? Task.FromException<int>(new StoreUnavailableException("away")) : Task.FromResult(7), TimeProvider.System);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => shared.GetAsync(default));
        fails = false;

        Assert.Equal(7, await shared.GetAsync(default));
    }
}
