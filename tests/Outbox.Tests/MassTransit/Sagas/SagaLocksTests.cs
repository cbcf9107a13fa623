using Messaging.Outbox.MassTransit.Sagas;

namespace Messaging.Outbox.Tests.MassTransit.Sagas;

/// <summary>Events of one saga instance, one after the other.</summary>
public sealed class SagaLocksTests
{
    private readonly SagaLocks _locks = new();

    [Fact]
    public async Task An_instance_of_another_saga_does_not_wait()
    {
        var id = Guid.CreateVersion7();
        using var first = await _locks.EnterAsync("orders", [id], default);

        Assert.True(_locks.EnterAsync("parcels", [id], default).IsCompletedSuccessfully);
        Assert.False(_locks.EnterAsync("orders", [id], default).IsCompleted);
    }

    [Fact]
    public async Task An_instance_can_be_named_twice()
    {
        var id = Guid.CreateVersion7();

        (await _locks.EnterAsync("orders", [id, id], default)).Dispose();

        Assert.True(_locks.EnterAsync("orders", [id], default).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_cancelled_wait_leaves_nothing_locked()
    {
        var (free, taken) = (Guid.Parse("00000000-0000-7000-8000-000000000001"), Guid.Parse("00000000-0000-7000-8000-000000000002"));
        using var first = await _locks.EnterAsync("orders", [taken], default);
        using var stop = new CancellationTokenSource();
        var waiting = _locks.EnterAsync("orders", [taken, free], stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.True(_locks.EnterAsync("orders", [free], default).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Holders_of_overlapping_instances_do_not_deadlock()
    {
        var ids = Enumerable.Range(0, 10).Select(_ => Guid.CreateVersion7()).ToList();
        var inside = 0;

        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(async () =>
        {
            var mine = ids.OrderBy(_ => Random.Shared.Next()).Take(5).Append(ids[0]).ToList();
            using (await _locks.EnterAsync("orders", mine, default))
            {
                Assert.Equal(1, Interlocked.Increment(ref inside)); // all of them want the first instance
                await Task.Yield();
                Interlocked.Decrement(ref inside);
            }
        }))).WaitAsync(TimeSpan.FromSeconds(30));
    }
}
