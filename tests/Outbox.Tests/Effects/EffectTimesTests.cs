using Messaging.Outbox.Effects;
using Microsoft.Extensions.Time.Testing;

namespace Messaging.Outbox.Tests.Effects;

/// <summary>A sample of how long tasks took, and its percentiles.</summary>
public sealed class EffectTimesTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_sample_is_taken_once_by_queue_and_bucket()
    {
        var effects = new EffectTimes(_time);
        foreach (var (queue, milliseconds) in new[] { ("mail", 3.0), ("log", 1.0), ("mail", 3.5), ("mail", 900.0) })
        {
            effects.Add(queue, TimeSpan.FromMilliseconds(milliseconds));
        }

        Assert.Equal([new("log", 0, 1), new("mail", 7, 1), new("mail", 8, 1), new("mail", 40, 1)], effects.Take());
        Assert.Empty(effects.Take());
    }

    [Fact]
    public void Each_queue_is_measured_a_few_times_a_second()
    {
        var effects = new EffectTimes(_time);
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(EffectTimes.MaxPerSecond, Enumerable.Range(0, 1_000).Count(_ => effects.Wants("busy")));
        Assert.True(effects.Wants("quiet"));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(EffectTimes.MaxPerSecond, Enumerable.Range(0, 1_000).Count(_ => effects.Wants("busy")));
    }

    [Theory]
    [InlineData(-5, 0)]
    [InlineData(1, 0)]
    [InlineData(1.1, 1)]
    [InlineData(2, 4)]
    [InlineData(1_024, 40)]
    [InlineData(1e12, EffectBuckets.Last)]
    public void A_time_falls_into_the_bucket_that_ends_at_it_or_later(double milliseconds, int bucket) =>
        Assert.Equal(bucket, EffectBuckets.Of(TimeSpan.FromMilliseconds(milliseconds)));

    [Theory]
    [InlineData(0.004)]
    [InlineData(0.5)]
    [InlineData(40)]
    [InlineData(7_200)]
    public void A_percentile_is_right_to_within_a_fifth(double seconds)
    {
        var random = new Random(7);
        var times = Enumerable.Range(0, 2_000).Select(_ => seconds * (0.5 + random.NextDouble())).Order().ToList();
        var buckets = times.GroupBy(t => EffectBuckets.Of(TimeSpan.FromSeconds(t))).ToDictionary(b => b.Key, b => b.LongCount());

        Assert.InRange(EffectBuckets.Percentile(buckets, 0.5)!.Value, times[1_000] * 0.8, times[1_000] * 1.2);
        Assert.InRange(EffectBuckets.Percentile(buckets, 0.99)!.Value, times[1_980] * 0.8, times[1_980] * 1.2);
    }

    [Fact]
    public void Without_tasks_there_is_no_percentile() => Assert.Null(EffectBuckets.Percentile(new Dictionary<int, long> { [3] = 0 }, 0.5));
}
