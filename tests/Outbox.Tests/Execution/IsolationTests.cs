using Messaging.Outbox.Execution;
using Microsoft.Extensions.Time.Testing;

namespace Messaging.Outbox.Tests.Execution;

/// <summary>Who waits for an isolated attempt, and for how long.</summary>
public sealed class IsolationTests : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private readonly FakeTimeProvider _time = new();
    private readonly Isolation _isolation;

    public IsolationTests() => _isolation = new Isolation(LongestWait, _time);

    public void Dispose() => _isolation.Dispose();

    [Fact]
    public async Task Others_wait_for_an_isolated_attempt()
    {
        var alone = await _isolation.EnterAloneAsync(default);
        var other = _isolation.EnterAsync(default).AsTask();
        _time.Advance(LongestWait - TimeSpan.FromSeconds(1));

        Assert.False(other.IsCompleted);
        Assert.Null(_isolation.TryEnter());
        alone.Dispose();
        (await other).Dispose();
    }

    [Fact]
    public async Task Others_wait_for_an_attempt_of_hours_no_longer_than_the_limit()
    {
        using var alone = await _isolation.EnterAloneAsync(default);
        var other = _isolation.EnterAsync(default).AsTask();
        _time.Advance(LongestWait);

        (await other).Dispose();
        Assert.False(_isolation.IsClosed);
    }

    [Fact]
    public async Task The_next_isolated_attempt_waits_to_the_end()
    {
        var first = await _isolation.EnterAloneAsync(default);
        var next = _isolation.EnterAloneAsync(default);
        _time.Advance(LongestWait);
        Assert.False(next.IsCompleted);

        first.Dispose();
        using var second = await next;
    }

    [Fact]
    public async Task The_limit_of_one_attempt_does_not_end_the_next()
    {
        (await _isolation.EnterAloneAsync(default)).Dispose();
        _time.Advance(LongestWait - TimeSpan.FromSeconds(1));
        using var second = await _isolation.EnterAloneAsync(default);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(_isolation.IsClosed);
    }

    [Fact]
    public async Task An_isolated_attempt_waits_for_others_no_longer_than_the_limit()
    {
        using var other = _isolation.TryEnter();
        var alone = _isolation.EnterAloneAsync(default);
        Assert.False(alone.IsCompleted);
        _time.Advance(LongestWait);

        (await alone).Dispose();
    }
}
