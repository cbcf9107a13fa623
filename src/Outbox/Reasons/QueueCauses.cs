namespace Messaging.Outbox.Reasons;

/// <summary>What holds up a task at its queue.</summary>
internal static class QueueCauses
{
    /// <summary>A rate is measured over an interval: a message more or less in it is no difference.</summary>
    private const double Reaches = 0.9;

    public static Cause? Paused(OpenTask task, DateTimeOffset now) => task.Status is not { Settings.Paused: true } queue ? null : new Cause(
        TaskReasonCode.QueuePaused,
        $"Queue {queue.Name} is paused{Words.By(queue.Paused?.Who)}{(queue.Paused is { } mark ? $" since {Words.At(mark.At, now)}" : "")}{task.Waiting}.",
        $"queue {queue.Name} is paused{Words.By(queue.Paused?.Who)}")
    {
        Advice = $"Resume it: POST /queues/{queue.Name}/resume.",
        Since = queue.Paused?.At,
        Who = queue.Paused?.Who,
    };

    public static Cause? NoWorker(OpenTask task, DateTimeOffset now)
    {
        if (task.Queue is null || task.Status?.Workers > 0)
        {
            return null;
        }

        var last = task.Status is null ? ", and none has reported it yet" : task.Status.SeenAt is { } seen ? $"; one last reported it at about {Words.At(seen, now)}" : "";
        return new Cause(
            TaskReasonCode.NoWorker, $"No process that is alive consumes queue {task.Queue}{last}{task.Waiting}.", $"no process that is alive consumes queue {task.Queue}")
        {
            Advice = $"Start a worker that has queue {task.Queue}.",
            Since = task.Status?.SeenAt,
        };
    }

    /// <param name="task">The task.</param>
    /// <param name="interval">The interval over which workers measure their rate.</param>
    /// <param name="isDurable">Whether all messages are counted that wait at workers: those of a transport in memory are not.</param>
    /// <param name="now">The current time.</param>
    public static Cause? RateLimit(OpenTask task, TimeSpan interval, bool isDurable, DateTimeOffset now) =>
        task.Status is not { Settings.RateLimit: { } limit, Workers: > 0 } queue || queue.Rate + (1 / interval.TotalSeconds) < limit * Reaches || (isDurable && task.Depth is { Total: 0 } && queue.InFlight == 0)
            ? null
            : new Cause(
                TaskReasonCode.RateLimit,
                $"Queue {queue.Name} is limited to {Words.Number(limit)} messages a second{Words.By(queue.Limited?.Who)}{(queue.Limited is { } mark ? $" since {Words.At(mark.At, now)}" : "")}, "
                + $"and its workers did {Words.Number(queue.Rate)} in their last interval{task.Waiting}.",
                $"queue {queue.Name} is limited to {Words.Number(limit)} messages a second")
            {
                Advice = $"Raise or clear the limit: PATCH /queues/{queue.Name}.",
                Since = queue.Limited?.At,
                Who = queue.Limited?.Who,
            };

    public static Cause? ConcurrencyLimit(OpenTask task) =>
        task.Status is not { Workers: > 0 } queue || queue.InFlight < queue.Slots
            ? null
            : new Cause(
                TaskReasonCode.ConcurrencyLimit,
                $"The limit of queue {queue.Name} is reached: {InFlight(queue)} in {Words.Count(queue.Workers, "process")}{task.Waiting}.",
                $"the limit of queue {queue.Name} is reached")
            {
                Advice = $"Start another worker, or raise the concurrency: PATCH /queues/{queue.Name}.",
            };

    /// <summary><c>3 of 16 in flight</c>; with messages that workers have in advance, <c>20 in flight for 16 slots</c>.</summary>
    public static string InFlight(QueueStatus queue) =>
        queue.InFlight <= queue.Slots ? $"{queue.InFlight} of {queue.Slots} in flight" : $"{queue.InFlight} in flight for {Words.Count(queue.Slots, "slot")}";
}
