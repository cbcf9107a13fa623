using System.Text;
using System.Text.Json;
using Messaging.Outbox.Bulk;

namespace Messaging.Outbox.Tests.Bulk;

/// <summary>What follows when a step has failed.</summary>
public sealed class BulkRetryTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Sizes_halve_down_to_one()
    {
        var sizes = new List<int> { BulkStepSize.Max };
        while (sizes.Count < 10)
        {
            sizes.Add(After(new TimeoutException(), size: sizes[^1]).Size);
        }

        Assert.Equal([200, 100, 50, 25, 12, 6, 3, 1, 1, 1], sizes);
    }

    [Fact]
    public void Sizes_grow_slowly_and_not_after_a_slow_step()
    {
        var (size, steps, deadline) = (1, 0, TimeSpan.FromSeconds(15));
        for (; size < BulkStepSize.Max; steps++)
        {
            var next = BulkStepSize.AfterSuccess(size, TimeSpan.Zero, deadline);
            Assert.InRange(next, size + 1, Math.Max(size + 1, size * 9 / 8));
            size = next;
        }

        Assert.Equal(200, BulkStepSize.AfterSuccess(size, TimeSpan.Zero, deadline));
        Assert.True(steps > 25, $"It took {steps} steps.");
        Assert.Equal(80, BulkStepSize.AfterSuccess(80, TimeSpan.FromSeconds(6), deadline));
    }

    [Fact]
    public void Pauses_grow_to_a_minute() => Assert.Equal(
        [2, 4, 8, 16, 32, 60, 60], Enumerable.Range(0, 7).Select(failures => After(new TimeoutException(), failures).Pause.TotalSeconds));

    [Theory]
    [InlineData(9, 31, true)]
    [InlineData(9, 29, false)]
    [InlineData(8, 300, false)] // of which the database was out of reach for most
    [InlineData(1_000, 5, false)]
    [InlineData(9, -60, false)] // the clock was wrong
    public void An_action_ends_after_long_and_many_attempts(int failures, int minutes, bool isLast) =>
        Assert.Equal(isLast, After(new TimeoutException(), failures, minutes: minutes).IsLast);

    [Fact]
    public void A_refusal_is_narrowed_down_at_once_and_then_the_last()
    {
        var (first, last) = (After(new EncoderFallbackException("bad text"), size: 3), After(new EncoderFallbackException("bad text"), size: 1));

        Assert.Equal((1, TimeSpan.Zero, false), (first.Size, first.Pause, first.IsLast));
        Assert.True(last.IsLast);
        Assert.StartsWith($"The database refuses the change of task {Guid.AllBitsSet}, and would each time.", last.Error, StringComparison.Ordinal);
        Assert.EndsWith("EncoderFallbackException: bad text", last.Error, StringComparison.Ordinal);
    }

    private static BulkRetry After(Exception exception, int failures = 0, int size = 1, int minutes = 0) => BulkRetry.After(
        new RunningBulkAction
        {
            Action = new BulkAction
            {
                Id = Guid.Empty,
                Action = BulkActionKind.Cancel,
                Subject = BulkSubject.Tasks,
                Filter = JsonSerializer.SerializeToElement(new { }),
                Successors = SuccessorPolicy.Cancel,
                Who = "ann",
                State = BulkActionState.Running,
                Total = 1_100,
                TotalIsExact = true,
                Done = 0,
                Changed = 0,
                Skipped = 0,
                StartedAt = Now,
            },
            UpTo = Now,
            Step = 0,
            Failures = failures,
            Size = size,
            FailingSince = failures == 0 ? null : Now.AddMinutes(-minutes),
        },
        new BulkStepException(exception, Guid.AllBitsSet),
        Now);
}
