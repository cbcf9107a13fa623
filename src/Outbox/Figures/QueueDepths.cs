namespace Messaging.Outbox.Figures;

/// <summary>Asks the broker how many messages its queues have. It may be slow or away: then the depth is not known.</summary>
internal sealed class QueueDepths(IQueueTransport transport)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(3); // of all queues together

    /// <returns>The messages by queue; a queue whose depth is not known is left out.</returns>
    public async Task<IReadOnlyDictionary<string, long>> ReadAsync(IEnumerable<string> queues, CancellationToken stoppingToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        deadline.CancelAfter(Deadline);
        var depths = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var queue in queues.TakeWhile(_ => !deadline.IsCancellationRequested))
        {
            try
            {
                if (await transport.CountAsync(queue, deadline.Token).WaitAsync(deadline.Token) is { } depth)
                {
                    depths[queue] = depth;
                }
            }
            catch (Exception) when (!stoppingToken.IsCancellationRequested)
            {
                // This queue is not known this time; the others may be.
            }
        }

        return depths;
    }
}
