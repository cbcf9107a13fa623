namespace Messaging.Outbox.Store;

/// <summary>What everything does that somebody waits for: it asks the database once, and gives up in time.</summary>
internal static class StoreDeadline
{
    /// <summary>Runs the action. It is left alone when the time is over, even if its driver does not heed the token.</summary>
    /// <exception cref="StoreUnavailableException">The database did not answer in time.</exception>
    public static async Task<T> RunAsync<T>(
        TimeSpan timeout, Func<CancellationToken, Task<T>> action, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        try
        {
            return await action(deadline.Token).WaitAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StoreUnavailableException("The database did not answer in time.") { IsTimeout = true };
        }
    }
}
