using Messaging.Outbox.Queues;

namespace Messaging.Outbox.Tests.Queues;

/// <summary>Who is let through, and when.</summary>
public sealed class QueueGateTests : IDisposable
{
    private readonly QueueGate _gate = new(limit: 2, TimeProvider.System);

    public void Dispose() => _gate.Dispose();

    [Fact]
    public void Nothing_goes_through_before_the_settings_are_known()
    {
        var first = EnterAsync();
        Assert.False(first.IsCompleted);
        Assert.Equal((0, 1), (_gate.Running, _gate.Arrived));
    }

    [Fact]
    public async Task A_limit_admits_as_many_as_it_allows_one_after_another()
    {
        _gate.Set(isOpen: true, limit: 2, perSecond: null);
        var (first, second, third, fourth) = (EnterAsync(), EnterAsync(), EnterAsync(), EnterAsync());
        var permit = await first;
        await second;
        Assert.False(third.IsCompleted);

        permit!.Dispose();
        await third;

        Assert.False(fourth.IsCompleted);
        Assert.Equal((2, 3, 1L), (_gate.Running, _gate.Arrived, _gate.Consumed));
    }

    [Fact]
    public async Task A_new_limit_holds_at_once_and_stops_nothing_that_runs()
    {
        _gate.Set(isOpen: true, limit: 1, perSecond: null);
        var permits = Enumerable.Range(0, 4).Select(_ => EnterAsync()).ToList();
        _gate.Set(isOpen: true, limit: 3, perSecond: null);
        await Task.WhenAll(permits.Take(3));

        _gate.Set(isOpen: true, limit: 1, perSecond: null);
        (await permits[0])!.Dispose();
        (await permits[1])!.Dispose();
        Assert.False(permits[3].IsCompleted);
        (await permits[2])!.Dispose();

        await permits[3];
    }

    [Fact]
    public async Task A_cancelled_delivery_stops_waiting_and_takes_no_permit()
    {
        using var stop = new CancellationTokenSource();
        var permit = _gate.Arrive(DateTimeOffset.UtcNow)!;
        var cancelled = permit.EnterAsync(stop.Token);
        var next = EnterAsync();

        await stop.CancelAsync();
        Assert.False(await cancelled);
        _gate.Set(isOpen: true, limit: 1, perSecond: null);

        await next;
        Assert.Equal(1, _gate.Running);
    }

    [Fact]
    public async Task A_stopping_endpoint_ends_waiting_deliveries_but_not_running_ones()
    {
        _gate.Set(isOpen: true, limit: 1, perSecond: null);
        var running = await EnterAsync();
        var waiting = EnterAsync();

        _gate.Refuse(true);

        Assert.Null(await waiting);
        Assert.Null(_gate.Arrive(DateTimeOffset.UtcNow));
        Assert.Equal(1, _gate.Running);
        running!.Dispose();
        _gate.Refuse(false);
        await EnterAsync();
    }

    [Fact]
    public async Task A_faster_rate_takes_effect_at_once()
    {
        _gate.Set(isOpen: true, limit: 100, perSecond: 0.001);
        var permits = Enumerable.Range(0, 20).Select(_ => EnterAsync()).ToList();
        await Task.Delay(200);
        Assert.InRange(permits.Count(p => p.IsCompleted), 0, 2);

        _gate.Set(isOpen: true, limit: 100, perSecond: 1_000);

        await Task.WhenAll(permits).WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task The_oldest_is_remembered_until_it_was_asked_for()
    {
        _gate.Set(isOpen: true, limit: 1, perSecond: null);
        var permit = _gate.Arrive(DateTimeOffset.UtcNow.AddMinutes(-1))!;
        Assert.True(await permit.EnterAsync());
        permit.Dispose();

        Assert.True(_gate.TakeOldest() >= TimeSpan.FromMinutes(1));
        Assert.Null(_gate.TakeOldest());
    }

    /// <returns>Null when the endpoint stops.</returns>
    private async Task<QueuePermit?> EnterAsync() =>
        _gate.Arrive(DateTimeOffset.UtcNow) is { } permit && await permit.EnterAsync() ? permit : null;
}
