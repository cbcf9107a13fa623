namespace Messaging.Outbox.PostgreSql.Connections;

/// <summary>
/// Runs what ends with a commit, and never cancels it. A commit that waits for a synchronous standby and is cancelled has been made on the primary
/// all the same: PostgreSQL answers with success, everybody sees its rows, and the next failover takes them back. So whoever waits too
/// long is told that nobody knows, and the commit is left to itself: its rows are seen when the standby has them.
/// </summary>
internal sealed class UncancelledCommits
{
    /// <summary>Commits that are left to themselves, each with a connection; a part of the pool stays for those who read.</summary>
    private const int MaxLeft = 16;

    private int _left;

    /// <exception cref="StoreUnavailableException">Too many commits are waiting already.</exception>
    public void ThrowIfTooMany()
    {
        if (Volatile.Read(ref _left) >= MaxLeft)
        {
            throw new StoreUnavailableException($"The database takes no commits: {MaxLeft} have waited for longer than their callers. Does its synchronous standby answer?");
        }
    }

    /// <param name="commit">Has no token, and no time limit but that of locks.</param>
    /// <param name="owned">Disposed of when the commit is over, whoever waits for it then.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
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
