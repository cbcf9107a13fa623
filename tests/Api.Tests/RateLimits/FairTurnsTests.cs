using Messaging.Outbox.AspNetCore;

namespace Messaging.Api.Tests.RateLimits;

/// <summary>Who is next to have a password hashed.</summary>
public sealed class FairTurnsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_caller_who_has_few_turns_comes_before_one_who_has_many()
    {
        var turns = new FairTurns(turns: 2, maxPerCaller: 10, maxWaiting: 100);
        var first = await EnterAsync(turns, "a");
        var second = await EnterAsync(turns, "a");
        var greedy = Enumerable.Range(0, 4).Select(_ => EnterAsync(turns, "a")).ToList();
        var (bob, eve) = (EnterAsync(turns, "b"), EnterAsync(turns, "c"));

        first!.Dispose();
        var bobs = await bob;
        bobs!.Dispose();
        var eves = await eve;

        Assert.DoesNotContain(greedy, t => t.IsCompleted);
        eves!.Dispose();
        Assert.NotNull(await greedy[0]); // nobody else waits
        second!.Dispose();
        Assert.NotNull(await greedy[1]);
    }

    [Fact]
    public async Task Callers_with_as_many_turns_take_them_in_order()
    {
        var turns = new FairTurns(turns: 1, maxPerCaller: 10, maxWaiting: 100);
        var order = new List<string>();
        var held = await EnterAsync(turns, "x");
        var waiting = new[] { "a", "a", "a", "b", "c", "b" }.Select(RunAsync).ToList();

        held!.Dispose();
        await Task.WhenAll(waiting);

        Assert.Equal(["a", "b", "c", "a", "b", "a"], order);

        async Task RunAsync(string caller)
        {
            using var turn = await EnterAsync(turns, caller);
            lock (order)
            {
                order.Add(caller);
            }
        }
    }

    [Fact]
    public async Task One_more_than_may_wait_is_refused_at_once()
    {
        var turns = new FairTurns(turns: 1, maxPerCaller: 2, maxWaiting: 3);
        var held = await EnterAsync(turns, "a");
        var waiting = new[] { "a", "a", "b" }.Select(caller => EnterAsync(turns, caller)).ToList();

        Assert.Null(await EnterAsync(turns, "a"));
        Assert.Null(await EnterAsync(turns, "c"));
        held!.Dispose();
        await Task.WhenAll(waiting.Select(async turn => (await turn)!.Dispose()));
    }

    [Fact]
    public async Task A_caller_who_times_out_or_leaves_takes_no_turn()
    {
        var turns = new FairTurns(turns: 1, maxPerCaller: 2, maxWaiting: 2);
        var held = await EnterAsync(turns, "a");
        using var gone = new CancellationTokenSource();
        var leaving = turns.TryEnterAsync("b", Patience, gone.Token);

        Assert.Null(await turns.TryEnterAsync("c", TimeSpan.FromMilliseconds(1), CancellationToken.None));
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        held!.Dispose();

        using var next = await turns.TryEnterAsync("d", TimeSpan.FromMilliseconds(1), CancellationToken.None);
        Assert.NotNull(next);
    }

    private static Task<IDisposable?> EnterAsync(FairTurns turns, string caller) =>
        turns.TryEnterAsync(caller, Patience, TestContext.Current.CancellationToken);
}
