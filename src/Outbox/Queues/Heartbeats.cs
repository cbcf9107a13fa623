using Messaging.Outbox.Tasks;

namespace Messaging.Outbox.Queues;

/// <summary>What a process reports of each queue that it consumes; a rate is that since the report before.</summary>
/// <param name="running">The tasks that run in this process.</param>
/// <param name="runningAfter">For how long a task has to run until it is reported.</param>
/// <param name="time">The clock.</param>
internal sealed class Heartbeats(RunningTasks running, TimeSpan runningAfter, TimeProvider time)
{
    /// <summary>
    /// The maximum number of running tasks in a heartbeat, so that its row stays small: the maximum concurrency of a queue.
    /// </summary>
    private const int MaxRunning = QueueChange.MaxConcurrency;

    private readonly Dictionary<string, (long Consumed, long At)> _last = new(StringComparer.Ordinal);

    public Heartbeat Of(QueueEndpoint endpoint)
    {
        var (consumed, now) = (endpoint.Gate.Consumed, time.GetTimestamp());
        var rate = _last.TryGetValue(endpoint.Name, out var last)
            ? (consumed - last.Consumed) / Math.Max(0.001, time.GetElapsedTime(last.At, now).TotalSeconds)
            : 0;
        _last[endpoint.Name] = (consumed, now);
        return new Heartbeat(
            endpoint.Name,
            WorkerName.Value,
            endpoint.Concurrency,
            endpoint.InFlight,
            consumed,
            Math.Round(rate, 3),
            endpoint.Gate.TakeOldest()?.TotalSeconds,
            RunningTasks(endpoint.Name));
    }

    /// <summary>The tasks of a queue that this process has been running for a while; null if there are none.</summary>
    private byte[]? RunningTasks(string queue)
    {
        var ids = running.OlderThan(runningAfter)
            .Where(a => a.Queue == queue).Select(a => a.TaskId).OfType<Guid>().Take(MaxRunning).ToList();
        return ids.Count == 0 ? null : SentBatch.PackIds(ids);
    }
}
