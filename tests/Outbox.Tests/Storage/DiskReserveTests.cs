using Messaging.Outbox.Storage;
using Messaging.Outbox.Tests.Staging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Messaging.Outbox.Tests.Storage;

/// <summary>When a reserve is touched, and how often somebody looks.</summary>
public sealed class DiskReserveTests
{
    [Theory]
    [InlineData(100, 0, false)]
    [InlineData(99, 0, true)]
    [InlineData(25, 75, false)]
    [InlineData(24, 1_000, true)] // the way into what is unused in a file leads over the disk
    [InlineData(0, 0, true)]
    public void The_reserve_is_touched_when_free_space_is_short(long available, long reusable, bool touched) =>
        Assert.Equal(touched, new DiskReserve().Check("a test", available, reusable, 100) is not null);

    [Fact]
    public void The_reserve_is_whole_again_with_a_quarter_more_free()
    {
        var reserve = new DiskReserve();

        var answers = new[] { 100, 99, 110, 124, 125, 100, 99 }.Select(free => reserve.Check("a test", free, 0, 100) is null);

        Assert.Equal([true, false, false, false, true, true, false], answers);
    }

    [Theory]
    [InlineData(24L << 20, 6L << 20)]
    [InlineData(200L << 20, 32L << 20)]
    [InlineData(1L << 30, 107_374_182)]
    [InlineData(1L << 40, 256L << 20)]
    public void By_default_the_reserve_is_a_tenth_of_the_disk(long disk, long expected) => Assert.Equal(expected, DiskGauge.ReserveOf(disk));

    [Fact]
    public async Task A_disk_is_asked_ten_times_a_second_at_most()
    {
        var (time, gauge) = (new FakeTimeProvider(), new FakeGauge());
        using var reserve = new StorageReserve(new UnaskedSpace(), [gauge], Options.Create(new OutboxOptions()), time);
        gauge.Shortage = "short";

        for (var i = 0; i < 100; i++)
        {
            Assert.Equal("short", await reserve.FindShortageAsync());
        }

        Assert.Equal(1, gauge.Asked);
        gauge.Shortage = "shorter";
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("shorter", await reserve.FindShortageAsync());
        Assert.Equal(2, gauge.Asked);
    }

    [Fact]
    public async Task Concurrent_callers_share_the_first_answer()
    {
        var gauge = new FakeGauge { Shortage = "short", Hold = new TaskCompletionSource() };
        using var reserve = new StorageReserve(new UnaskedSpace(), [gauge], Options.Create(new OutboxOptions()), new FakeTimeProvider());
        var all = Enumerable.Range(0, 10).Select(_ => reserve.FindShortageAsync().AsTask()).ToList();

        gauge.Hold.SetResult();

        Assert.All(await Task.WhenAll(all), shortage => Assert.Equal("short", shortage));
        Assert.Equal(1, gauge.Asked);
    }

    [Fact]
    public async Task A_caller_during_a_check_gets_the_previous_answer()
    {
        var (time, gauge) = (new FakeTimeProvider(), new FakeGauge { Shortage = "before" });
        using var reserve = new StorageReserve(new UnaskedSpace(), [gauge], Options.Create(new OutboxOptions()), time);
        await reserve.FindShortageAsync();
        time.Advance(TimeSpan.FromSeconds(2));
        gauge.Hold = new TaskCompletionSource();
        var first = reserve.FindShortageAsync().AsTask();

        Assert.Equal("before", await reserve.FindShortageAsync());

        gauge.Shortage = "after";
        gauge.Hold.SetResult();
        Assert.Equal("after", await first);
    }

    private sealed class FakeGauge : IStorageGauge
    {
        public string? Shortage { get; set; }

        public int Asked { get; private set; }

        public TaskCompletionSource? Hold { get; set; }

        public async ValueTask<string?> FindShortageAsync(CancellationToken cancellationToken = default)
        {
            Asked++;
            await (Hold?.Task ?? Task.CompletedTask);
            return Shortage;
        }
    }
}
