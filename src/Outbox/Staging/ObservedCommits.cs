using Messaging.Outbox.Store;
using Messaging.Outbox.Telemetry;

namespace Messaging.Outbox.Staging;

/// <summary>Commits groups, with a span, a duration and counts of what was enqueued.</summary>
internal sealed class ObservedCommits(ICommitStore commits, OutboxMetrics metrics)
{
    public async Task<bool[]> CommitAsync(IReadOnlyList<StagedWork> group, TimeSpan? lockWait, CancellationToken cancellationToken)
    {
        var start = TimeProvider.System.GetTimestamp();
        bool[] unique;
        try
        {
            unique = await OutboxTraces.RunAsync(CommitSpan.Start(group), () => commits.CommitAsync(group, lockWait, cancellationToken));
        }
        catch (Exception)
        {
            metrics.GroupCommitted(group.Count, TimeProvider.System.GetElapsedTime(start), isCommitted: false);
            throw;
        }

        metrics.GroupCommitted(group.Count, TimeProvider.System.GetElapsedTime(start), isCommitted: true);
        CountEnqueued(group, unique);
        return unique;
    }

    /// <summary>Counts what the units that were committed have enqueued.</summary>
    public void CountEnqueued(IReadOnlyList<StagedWork> group, bool[] unique)
    {
        var tally = new EnqueuedTally(metrics);
        for (var i = 0; i < unique.Length; i++)
        {
            if (unique[i])
            {
                tally.Add(group[i]);
            }
        }

        tally.Flush();
    }
}
