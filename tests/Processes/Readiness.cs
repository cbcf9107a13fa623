namespace Messaging.Processes;

/// <summary>Waits for programs that have just been started.</summary>
public static class Readiness
{
    /// <summary>Asks <c>/health/ready</c> until the program says that it can work.</summary>
    /// <param name="client">With a short timeout of its own.</param>
    /// <param name="address">Of the program.</param>
    /// <param name="patience">How long it may take.</param>
    /// <param name="hasEnded">Whether it is of no use to wait any longer.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether it has said so.</returns>
    public static async Task<bool> WaitAsync(
        HttpClient client, Uri address, TimeSpan patience, Func<bool> hasEnded, CancellationToken cancellationToken)
    {
        for (var end = DateTime.UtcNow + patience; DateTime.UtcNow < end && !hasEnded(); await Task.Delay(100, cancellationToken))
        {
            try
            {
                using var response = await client.GetAsync(new Uri(address, "/health/ready"), cancellationToken);
                if (response.IsSuccessStatusCode)
                {
                    return true;
                }
            }
            catch (Exception exception) when (exception is HttpRequestException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                // Not yet.
            }
        }

        return false;
    }
}
