using System.Threading.Channels;
using Messaging.Outbox.Dispatch;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Staging;

/// <summary>
/// Group commit. While one transaction is being committed, the work that arrives waits together and then shares the next
/// one; alone, a unit of work is committed at once. There is no timer and no added latency (docs/decisions/0003).
/// </summary>
/// <remarks>
/// When the database rejects a group, each of its members is committed alone, so that a bad one harms no other.
/// When the database cannot be reached, all members fail with <see cref="StoreUnavailableException"/>.
/// </remarks>
internal sealed partial class GroupCommitter : IAsyncDisposable
{
    private readonly Channel<PendingCommit> _queue;
    private readonly IOutboxStore _store;
    private readonly OutboxSignal _signal;
    private readonly OutboxOptions _options;
    private readonly ILogger _logger;
    private readonly Task[] _loops;

    public GroupCommitter(IOutboxStore store, OutboxSignal signal, IOptions<OutboxOptions> options, ILogger<GroupCommitter> logger)
    {
        _logger = logger;
        _store = store;
        _signal = signal;
        _options = options.Value;
        _queue = Channel.CreateBounded<PendingCommit>(_options.MaxPendingCommits);
        _loops = [.. Enumerable.Range(0, store.MaxConcurrentCommits).Select(_ => Task.Run(CommitGroupsAsync))];
    }

    /// <summary>How long a caller waits for the database.</summary>
    public TimeSpan CommitTimeout => _options.CommitTimeout;

    /// <returns>False when one of its inbox keys was already there; nothing of the work was then done.</returns>
    public async Task<bool> CommitAsync(StagedWork work, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_options.CommitTimeout);
        var pending = new PendingCommit(work);
        try
        {
            await _queue.Writer.WriteAsync(pending, deadline.Token);
            return await pending.Completion.WaitAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StoreUnavailableException($"The database did not commit within {_options.CommitTimeout.TotalSeconds:0.##} s.");
        }
        finally
        {
            pending.Abandon();
        }
    }

    /// <summary>
    /// Commits the same work again and again until the database takes it. The work has to be such that it may have been
    /// committed before without anybody knowing: it has an inbox key, or says only what a task's state is. It is tried at
    /// least once: a delivery that was cancelled meanwhile comes again, and then this commit keeps its mail from being repeated.
    /// </summary>
    public Task<bool> CommitWhenPossibleAsync(StagedWork work, CancellationToken cancellationToken) =>
        StoreWait.RunAsync(() => CommitAsync(work, CancellationToken.None), LogWaiting, TimeProvider.System, cancellationToken);

    /// <exception cref="StoreUnavailableException">The database is out of reach.</exception>
    public Task PingAsync(CancellationToken cancellationToken) => StoreDeadline.RunAsync(
        _options.CommitTimeout,
        async token =>
        {
            await _store.PingAsync(token);
            return true;
        },
        cancellationToken);

    /// <summary>Tells the dispatcher of this process that messages have become visible, or a place has become free.</summary>
    public void Committed(StagedWork work, bool wake = false)
    {
        if (wake || work.Messages.Count > 0 || work.Settlements.Count > 0)
        {
            _signal.Set();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await Task.WhenAll(_loops);
    }

    private async Task CommitGroupsAsync()
    {
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
                await CommitGroupAsync(group);
                group.Clear();
            }
        }
    }

    private async Task CommitGroupAsync(List<PendingCommit> group)
    {
        try
        {
            using var deadline = new CancellationTokenSource(_options.CommitTimeout);
            var unique = await _store.CommitAsync([.. group.Select(p => p.Work)], deadline.Token);
            for (var i = 0; i < group.Count; i++)
            {
                Committed(group[i].Work);
                group[i].Complete(unique[i]);
            }
        }
        catch (Exception exception) when (group.Count > 1 && exception is not StoreUnavailableException)
        {
            // Whose owner has stopped waiting by now is not committed behind his back.
            foreach (var pending in group.Where(p => !p.IsAbandoned))
            {
                await CommitGroupAsync([pending]);
            }
        }
        catch (Exception exception)
        {
            foreach (var pending in group)
            {
                pending.Fail(exception);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "A commit waits for the database: {Error}")]
    private partial void LogWaiting(string error);
}
