namespace Messaging.Outbox.PostgreSql.Connections;

/// <summary>
/// Runs commits and never cancels them. A cancelled commit that waits for a synchronous standby is committed on the primary anyway:
/// PostgreSQL reports success, other sessions see its rows, and a failover loses them. So when a caller stops waiting, it gets an
/// error that the outcome is unknown, and the commit continues: its rows become visible when the standby has confirmed them.
/// </summary>
internal sealed class UncancelledCommits
{
    /// <summary>
    /// The maximum number of commits whose caller no longer waits. Each holds a connection; the rest of the pool stays available for
    /// reads.
    /// </summary>
    private const int MaxLeft = 16;

    private int _left;

    /// <exception cref="StoreUnavailableException">Too many commits are waiting already.</exception>
    public void ThrowIfTooMany()
    {
        if (Volatile.Read(ref _left) >= MaxLeft)
        {
            throw new StoreUnavailableException($"The database does not complete commits: {MaxLeft} are still running after their callers timed out. Does its synchronous standby answer?");
        }
    }

    /// <param name="commit">The commit; it has no token, and no timeout except that of locks.</param>
    /// <param name="owned">Disposed after the commit, even if no caller waits any longer.</param>
    /// <param name="cancellationToken">Cancels the wait, not the commit.</param>
    public async Task<T> RunAsync<T>(Func<Task<T>> commit, IAsyncDisposable owned, CancellationToken cancellationToken)
    {
        var committing = RunAsync(commit, owned);
        try
        {
            return await committing.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (!committing.IsCompleted)
        {
            _ = LeaveAsync(committing);
            throw;
        }
    }

    private static async Task<T> RunAsync<T>(Func<Task<T>> commit, IAsyncDisposable owned)
    {
        await using (owned)
        {
            return await commit();
        }
    }

    private async Task LeaveAsync(Task committing)
    {
        Interlocked.Increment(ref _left);
        await committing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Interlocked.Decrement(ref _left);
    }
}
