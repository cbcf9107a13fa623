using System.Diagnostics;
using System.Threading.Channels;
using Messaging.Outbox.Store;
using Messaging.Outbox.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Staging;

/// <summary>
/// Group commit. While one transaction is being committed, arriving work waits and then shares the next one; a single unit of
/// work is committed at once. There is no timer and no added latency (docs/decisions/0003).
/// </summary>
/// <remarks>
/// What becomes of a group that cannot be committed is in <see cref="CommitGroups"/>. Work whose rows are locked by another transaction, or that takes too long, leaves the
/// groups and waits alone.
/// </remarks>
internal sealed partial class GroupCommitter : IAsyncDisposable
{
    /// <summary>The maximum number of units that wait for locked rows at once, each with a connection.</summary>
    private const int MaxBlockedCommits = 4;

    /// <summary>The maximum of a retried commit's timeout, as a multiple of <see cref="OutboxOptions.CommitTimeout"/>.</summary>
    private const int LongestCommit = 8;

    // A group may wait for the commit of another group with the same row. A unit that waits for locked rows goes back to the end of the queue after a while.
    private static readonly TimeSpan GroupLockWait = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan BlockedLockWait = TimeSpan.FromSeconds(1);

    private readonly Channel<PendingCommit> _queue;
    private readonly Channel<PendingCommit> _blocked = Channel.CreateUnbounded<PendingCommit>();
    private readonly ObservedCommits _commits;
    private readonly IStoreHealth _health;
    private readonly CommitGroups _groups;
    private readonly OutboxOptions _options;
    private readonly ILogger _logger;
    private readonly OutageLog _waiting;
    private readonly Task[] _loops;
    private readonly Task[] _blockedLoops;

    public GroupCommitter(ICommitStore commits, IStoreHealth health, OutboxSignal signal, OutboxMetrics metrics, IOptions<OutboxOptions> options, ILogger<GroupCommitter> logger)
    {
        _logger = logger;
        _waiting = new OutageLog(TimeProvider.System, LogWaiting);
        _commits = new ObservedCommits(commits, metrics);
        _health = health;
        _groups = new CommitGroups(_commits, signal, _blocked.Writer);
        _options = options.Value;
        _queue = Channel.CreateBounded<PendingCommit>(_options.MaxPendingCommits);
        _loops = [.. Enumerable.Range(0, commits.MaxConcurrentCommits).Select(_ => Task.Run(CommitGroupsAsync))];
        _blockedLoops = [.. Enumerable.Range(0, MaxBlockedCommits).Select(_ => Task.Run(CommitBlockedAsync))];
    }

    /// <summary>The number of units that wait for a group.</summary>
    public int Pending => _queue.Reader.Count + _blocked.Reader.Count;

    /// <summary>How long a caller waits for a commit.</summary>
    public TimeSpan CommitTimeout => _options.CommitTimeout;

    /// <returns>False if one of its inbox keys existed already; then nothing of the work was done.</returns>
    public Task<bool> CommitAsync(StagedWork work, CancellationToken cancellationToken) =>
        CommitAsync(work, _options.CommitTimeout, cancellationToken);

    /// <summary>
    /// Retries the commit until it succeeds. The work must be safe to commit after an earlier commit with an unknown outcome: it
    /// has an inbox key, or only sets a task's state. It is tried at least once: if the delivery was cancelled meanwhile it is
    /// delivered again, and this commit prevents its mail from being sent twice. After each timeout the next try has twice the
    /// time, up to eight times <see cref="OutboxOptions.CommitTimeout"/>.
    /// </summary>
    public Task<bool> CommitWhenPossibleAsync(StagedWork work, CancellationToken cancellationToken)
    {
        var times = 1;
        return StoreWait.RunAsync(
            async () =>
            {
                try
                {
                    return await CommitAsync(work, _options.CommitTimeout * times, CancellationToken.None);
                }
                catch (StoreUnavailableException exception) when (exception.IsTimeout)
                {
                    work.IsBlocked = true;
                    times = Math.Min(times * 2, LongestCommit);
                    throw;
                }
            },
            _waiting.Report,
            TimeProvider.System,
            cancellationToken);
    }

    /// <summary>
    /// Commits several units in one transaction, outside of the groups. If it fails, nothing is committed or the outcome is
    /// unknown.
    /// </summary>
    /// <returns>
    /// For each unit whether it was committed; false if one of its inbox keys existed already, or its task was cancelled.
    /// </returns>
    public async Task<bool[]> CommitTogetherAsync(IReadOnlyList<StagedWork> group)
    {
        var unique = await StoreDeadline.RunAsync(_options.CommitTimeout, token => _commits.CommitAsync(group, GroupLockWait, token), CancellationToken.None);
        foreach (var work in group)
        {
            Committed(work);
        }

        return unique;
    }

    /// <exception cref="StoreUnavailableException">The database is unavailable.</exception>
    public Task PingAsync(CancellationToken cancellationToken) => StoreDeadline.RunAsync(
        _options.CommitTimeout,
        async token =>
        {
            await _health.PingAsync(token);
            return true;
        },
        cancellationToken);

    /// <summary>Signals the dispatcher of this process that there are new messages, or that there is room for more in flight.</summary>
    /// <param name="work">The work.</param>
    /// <param name="wake">Whether to signal it whatever the work is.</param>
    public void Committed(StagedWork work, bool wake = false) => _groups.Committed(work, wake);

    /// <summary>Counts a unit that was committed in a transaction of its own.</summary>
    public void CountOwn(StagedWork work) => _commits.CountEnqueued([work], [true]);

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await Task.WhenAll(_loops);
        _blocked.Writer.TryComplete();
        await Task.WhenAll(_blockedLoops);
    }

    private async Task<bool> CommitAsync(StagedWork work, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        var pending = new PendingCommit(work, timeout);
        work.Span ??= OutboxTraces.Recorded;
        try
        {
            await (work.IsBlocked ? _blocked : _queue).Writer.WriteAsync(pending, deadline.Token);
            return await pending.Completion.WaitAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StoreUnavailableException($"The database did not commit within {timeout.TotalSeconds:0.##} s.") { IsTimeout = true };
        }
        finally
        {
            pending.Abandon();
        }
    }

    private async Task CommitGroupsAsync()
    {
        Activity.Current = null; // it belongs to whoever needed the first commit
        var group = new List<PendingCommit>(_options.MaxCommitGroup);
        while (await _queue.Reader.WaitToReadAsync())
        {
            while (group.Count < _options.MaxCommitGroup && _queue.Reader.TryRead(out var pending))
            {
                if (pending.TryTake())
                {
                    group.Add(pending);
                }
            }

            if (group.Count > 0)
            {
                await _groups.CommitAsync(group, _options.CommitTimeout, GroupLockWait);
                group.Clear();
            }
        }
    }

    private async Task CommitBlockedAsync()
    {
        Activity.Current = null;
        await foreach (var pending in _blocked.Reader.ReadAllAsync())
        {
            if (pending.TryTake())
            {
                await _groups.CommitAsync([pending], pending.Timeout, BlockedLockWait);
            }
        }
    }

    [LoggerMessage(EventId = 1110, EventName = "CommitWaits", Level = LogLevel.Warning, Message = "A commit waits for the database; check it if this goes on: {Error}")]
    private partial void LogWaiting(string error);
}
