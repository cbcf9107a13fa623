using Messaging.Outbox.Dispatch;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Messaging.Outbox.Telemetry;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Tests.Staging;

/// <summary>How units of work share commits.</summary>
public sealed class GroupCommitterTests : IAsyncDisposable
{
    private readonly GatedStore _store = new();
    private readonly GroupCommitter _committer;

    public GroupCommitterTests() => _committer = Create(TimeSpan.FromSeconds(30));

    public async ValueTask DisposeAsync()
    {
        _store.Let(1_000);
        await _committer.DisposeAsync();
    }

    [Fact]
    public async Task Units_that_arrive_during_a_commit_share_the_next_one()
    {
        var first = _committer.CommitAsync(Something(), default);
        await Eventually.True(() => _store.Groups.Count == 1, "the first is being committed");
        var others = Enumerable.Range(0, 20).Select(_ => _committer.CommitAsync(Something(), default)).ToList();

        _store.Let(2);
        await Task.WhenAll(others.Append(first));

        Assert.Equal([1, 20], _store.Groups.Select(g => g.Count));
    }

    [Fact]
    public async Task A_rejected_unit_harms_no_other_of_its_group()
    {
        var bad = Something();
        _store.Answer = group => group.Contains(bad) ? throw new InvalidOperationException("rejected") : [.. group.Select(_ => true)];
        var first = _committer.CommitAsync(Something(), default);
        await Eventually.True(() => _store.Groups.Count == 1, "the first is being committed");
        var good = Enumerable.Range(0, 5).Select(_ => _committer.CommitAsync(Something(), default)).ToList();
        var rejected = _committer.CommitAsync(bad, default);

        _store.Let(100);

        Assert.All(await Task.WhenAll(good.Append(first)), Assert.True);
        await Assert.ThrowsAsync<InvalidOperationException>(() => rejected);
    }

    [Fact]
    public async Task A_database_out_of_reach_fails_the_whole_group_at_once()
    {
        _store.Answer = _ => throw new StoreUnavailableException("gone");
        var first = _committer.CommitAsync(Something(), default);
        await Eventually.True(() => _store.Groups.Count == 1, "the first is being committed");
        var others = Enumerable.Range(0, 5).Select(_ => _committer.CommitAsync(Something(), default)).ToList();

        _store.Let(100);

        foreach (var commit in others.Append(first))
        {
            await Assert.ThrowsAsync<StoreUnavailableException>(() => commit);
        }

        Assert.Equal(2, _store.Groups.Count);
    }

    [Fact]
    public async Task Only_the_owner_of_a_duplicate_is_told()
    {
        var duplicate = Something();
        _store.Answer = group => [.. group.Select(work => work != duplicate)];
        var first = _committer.CommitAsync(Something(), default);
        await Eventually.True(() => _store.Groups.Count == 1, "the first is being committed");
        var (second, third) = (_committer.CommitAsync(duplicate, default), _committer.CommitAsync(Something(), default));

        _store.Let(2);

        Assert.Equal<bool[]>([true, false, true], await Task.WhenAll(first, second, third));
    }

    [Fact]
    public async Task A_unit_that_times_out_before_its_group_is_never_committed()
    {
        await using var committer = Create(TimeSpan.FromSeconds(2)); // in which the last one has to succeed
        var (taken, waiting) = (committer.CommitAsync(Something(), default), Task.CompletedTask);
        await Eventually.True(() => _store.Groups.Count == 1, "the first is being committed");
        waiting = committer.CommitAsync(Something(), default);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => taken);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => waiting);
        _store.Let(10);
        await committer.CommitAsync(Something(), default);

        Assert.Equal([1, 1], _store.Groups.Select(g => g.Count));
    }

    [Fact]
    public async Task Work_that_must_not_repeat_waits_for_the_database()
    {
        var failures = 2;
        _store.Answer = group => failures-- > 0 ? throw new StoreUnavailableException("gone") : [.. group.Select(_ => true)];
        var work = Something();
        _store.Let(10);

        Assert.True(await _committer.CommitWhenPossibleAsync(work, default));

        Assert.Equal([work, work, work], _store.Groups.Select(g => Assert.Single(g)));
    }

    [Fact]
    public async Task Work_that_must_end_has_more_time_at_each_try()
    {
        await using var committer = Create(TimeSpan.FromMilliseconds(200));
        _store.Answer = group =>
        {
            Thread.Sleep(500); // as SQL that takes longer than the timeout, each time
            return [.. group.Select(_ => true)];
        };
        _store.Let(10);

        Assert.True(await committer.CommitWhenPossibleAsync(Something(), default).WaitAsync(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task Work_on_locked_rows_is_committed_apart_from_its_group()
    {
        var locked = Something();
        var isLocked = true;
        _store.Answer = group => group.Contains(locked) && isLocked ? throw new RowsLockedException(new InvalidOperationException()) : [.. group.Select(_ => true)];
        var first = _committer.CommitAsync(Something(), default);
        await Eventually.True(() => _store.Groups.Count == 1, "the first is being committed");
        var others = Enumerable.Range(0, 5).Select(_ => _committer.CommitAsync(Something(), default)).ToList();
        var heldUp = _committer.CommitAsync(locked, default);

        _store.Let(8); // the first, the group, and each of its members
        Assert.All(await Task.WhenAll(others.Append(first)), Assert.True);
        await Eventually.True(() => _store.Groups.Count == 9, "the one whose rows are locked is tried by itself, after the others");
        Assert.False(heldUp.IsCompleted);
        isLocked = false;
        _store.Let(1);

        Assert.True(await heldUp);
        Assert.Equal([1, 6, 1, 1, 1, 1, 1, 1, 1], _store.Groups.Select(g => g.Count));
    }

    private GroupCommitter Create(TimeSpan timeout) =>
        new(_store, _store, new OutboxSignal(), new OutboxMetrics(meters: null), Options.Create(new OutboxOptions { CommitTimeout = timeout }), NullLogger<GroupCommitter>.Instance);

    private static StagedWork Something() => Work.With(Work.Message());
}
