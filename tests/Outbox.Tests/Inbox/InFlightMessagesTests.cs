using Messaging.Outbox.Inbox;
using Messaging.Outbox.Tests.Stores;

namespace Messaging.Outbox.Tests.Inbox;

/// <summary>Two deliveries of one message in one process.</summary>
public sealed class InFlightMessagesTests
{
    private readonly InFlightMessages _inFlight = new();

    [Fact]
    public async Task A_duplicate_waits_until_the_first_is_done()
    {
        var key = Work.Key();
        var (first, second) = (_inFlight.Open(), _inFlight.Open());
        await first.TakeAsync(key, default);

        var waiting = second.TakeAsync(key, default).AsTask();
        Assert.False(waiting.IsCompleted);
        first.Dispose();

        await waiting;
        second.Dispose();
    }

    [Fact]
    public async Task Other_messages_do_not_wait()
    {
        using var first = _inFlight.Open();
        await first.TakeAsync(Work.Key(), default);

        Assert.True(_inFlight.Open().TakeAsync(Work.Key(), default).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_cancelled_wait_releases_what_was_taken()
    {
        var (taken, free) = (Work.Key(), Work.Key());
        using var first = _inFlight.Open();
        await first.TakeAsync(taken, default);
        var second = _inFlight.Open();
        await second.TakeAsync(free, default);
        using var stop = new CancellationTokenSource();
        var waiting = second.TakeAsync(taken, stop.Token).AsTask();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.True(_inFlight.Open().TakeAsync(free, default).IsCompletedSuccessfully);
    }
}
