namespace Messaging.Outbox.Store;

/// <summary>Runs an operation that a caller waits for: once, with a deadline.</summary>
internal static class StoreDeadline
{
    /// <summary>Runs the action. It is abandoned at the deadline, even if its driver does not observe the token.</summary>
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
