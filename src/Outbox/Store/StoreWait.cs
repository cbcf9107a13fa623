namespace Messaging.Outbox.Store;

/// <summary>Runs an operation that cannot continue without the database: it waits and retries.</summary>
internal static class StoreWait
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>Retries the action until the database is available; the pauses grow from 250 ms to 5 s, with jitter.</summary>
    public static async Task<T> RunAsync<T>(
        Func<Task<T>> action, Action<string> report, TimeProvider time, CancellationToken cancellationToken)
    {
        var pause = TimeSpan.FromMilliseconds(250);
        while (true)
        {
            try
            {
                return await action();
            }
            catch (StoreUnavailableException exception)
            {
                report(FailureText.Of(exception));
                await Task.Delay(pause * Jitter.Factor(), time, cancellationToken);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }
}
