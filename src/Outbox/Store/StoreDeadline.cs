namespace Messaging.Outbox.Store;

/// <summary>Every call has a deadline, also one to a database that has stopped answering.</summary>
internal static class StoreDeadline
{
    /// <exception cref="StoreUnavailableException">The database did not answer in time.</exception>
    public static async Task<T> RunAsync<T>(
        TimeSpan limit, Func<CancellationToken, Task<T>> action, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limit);
        try
        {
            return await action(deadline.Token).WaitAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StoreUnavailableException("The database did not answer in time.");
        }
    }
}
