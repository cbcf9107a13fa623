using System.Threading.Channels;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Staging;

/// <summary>
/// Commits a group. If the database rejects it, each of its members is committed alone, so that an invalid one does not affect the others. A member whose rows another
/// transaction has locked goes to those that wait alone. If the database is unavailable, all members fail with <see cref="StoreUnavailableException"/>.
/// </summary>
/// <param name="commits">The store.</param>
/// <param name="signal">Wakes the dispatcher of this process.</param>
/// <param name="blocked">Takes units whose rows are locked.</param>
internal sealed class CommitGroups(ObservedCommits commits, OutboxSignal signal, ChannelWriter<PendingCommit> blocked)
{
    /// <summary>A single member only tests whether it is the blocked one.</summary>
    private static readonly TimeSpan MemberLockWait = TimeSpan.FromMilliseconds(50);

    public async Task CommitAsync(List<PendingCommit> group, TimeSpan timeout, TimeSpan? lockWait)
    {
        try
        {
            using var deadline = new CancellationTokenSource(timeout);
            var unique = await commits.CommitAsync([.. group.Select(p => p.Work)], lockWait, deadline.Token);
            for (var i = 0; i < group.Count; i++)
            {
                Committed(group[i].Work);
                group[i].Complete(unique[i]);
            }
        }
        catch (Exception exception) when (group.Count > 1 && exception is not StoreUnavailableException)
        {
            // a unit whose owner has stopped waiting is no longer committed
            foreach (var pending in group.Where(p => !p.IsAbandoned))
            {
                await CommitAsync([pending], timeout, MemberLockWait);
            }
        }
        catch (RowsLockedException)
        {
            var pending = group[0];
            pending.Work.IsBlocked = true;
            pending.GiveBack();
            if (!blocked.TryWrite(pending))
            {
                pending.Fail(new StoreUnavailableException("Rows are locked, and this process is stopping."));
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

    /// <summary>Signals the dispatcher of this process that there are new messages, or that there is room for more in flight.</summary>
    /// <param name="work">The work.</param>
    /// <param name="wake">Whether to signal it whatever the work is.</param>
    public void Committed(StagedWork work, bool wake = false)
    {
        if (wake || work.Messages.Count > 0 || work.Settlements.Count > 0 || work.Outcomes.Exists(o => o.HasSuccessors))
        {
            signal.Set();
        }
    }
}
