using Messaging.Outbox.Inbox;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tests.Stores;

namespace Messaging.Outbox.Tests.Inbox;

/// <summary>Two deliveries of one message in one process.</summary>
public sealed class InFlightMessagesTests
{
    private readonly InFlightMessages _inFlight = new();

    [Fact]
    public async Task A_twin_waits_until_the_first_is_done()
    {
        var key = Work.Key();
        var first = await _inFlight.EnterAsync([key], default);

        var second = _inFlight.EnterAsync([key], default);
        Assert.False(second.IsCompleted);
        first.Dispose();

        (await second).Dispose();
    }

    [Fact]
    public async Task Other_messages_do_not_wait()
    {
        using var first = await _inFlight.EnterAsync([Work.Key()], default);

        Assert.True(_inFlight.EnterAsync([Work.Key()], default).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_cancelled_wait_leaves_nothing_locked()
    {
        var (a, b) = (Work.Key(), Work.Key());
        using var first = await _inFlight.EnterAsync([a], default);
        using var stop = new CancellationTokenSource();
        var waiting = _inFlight.EnterAsync([a, b], stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.True(_inFlight.EnterAsync([b], default).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Batches_that_overlap_never_wait_for_each_other_in_a_circle()
    {
        var keys = Enumerable.Range(0, 10).Select(_ => Work.Key()).ToList();
        var inside = 0;

        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(async () =>
        {
            var mine = keys.OrderBy(_ => Random.Shared.Next()).Take(5).Append(keys[0]).ToList<InboxKey>();
            using (await _inFlight.EnterAsync(mine, default))
            {
                Assert.Equal(1, Interlocked.Increment(ref inside)); // all of them want the first key
                await Task.Yield();
                Interlocked.Decrement(ref inside);
            }
        }))).WaitAsync(TimeSpan.FromSeconds(30));
    }
}
