namespace Messaging.Outbox.Feed;

/// <summary>A stream without events: after a while it sends a heartbeat, so that a proxy does not take it for dead.</summary>
internal static class Silence
{
    private static readonly TimeSpan HeartbeatAfter = TimeSpan.FromSeconds(15);

    /// <summary>Waits for the next event, but no longer than until a heartbeat is due.</summary>
    /// <returns>False if a heartbeat is due.</returns>
    /// <exception cref="OperationCanceledException">The stream was cancelled.</exception>
    public static async Task<bool> IsOverAsync(Task next, TimeProvider time, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var isOver = await Task.WhenAny(next, Task.Delay(HeartbeatAfter, time, enough.Token)) == next;
        await enough.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        return isOver;
    }
}
