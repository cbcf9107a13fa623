namespace Messaging.Outbox.Recovery;

/// <summary>A task that was sent, and whose message a queue may still have.</summary>
internal sealed record OpenTask(
    Guid Id, TaskState State, string? Queue, DateTimeOffset? StartedAt, DateTimeOffset? NextAttemptAt, int Attempts, int Redrives)
{
    /// <summary>What several consumers have done of it; null if none of several has ended.</summary>
    public TaskShares? Shares { get; init; }

    /// <summary>Before its first attempt nobody but the recovery sends a message again, and the recovery takes it out of its batch.</summary>
    public bool WasSentOnce => Attempts == 0 && Redrives == 0;

    /// <summary>Whether some queue may still have its message.</summary>
    public bool IsOpen => !State.HasEnded || Shares?.Left.Any() == true;

    /// <summary>Whether a worker may have begun so recently that it has not reported the task. A start in the future comes from a worker with a wrong clock.</summary>
    public bool HasJustStarted(DateTimeOffset now, TimeSpan workerMayRunFor) => State == TaskState.Running && StartedAt is { } start && (now - start).Duration() < workerMayRunFor;

    /// <summary>Whether nothing has happened to it between two readings.</summary>
    public bool IsAs(OpenTask former) => (this with { Shares = null }).Equals(former with { Shares = null });
}

/// <summary>What the consumers of a task have done.</summary>
/// <param name="Expected">All of them.</param>
/// <param name="Done">The queues of those that are done, once for each.</param>
/// <param name="Failed">The queues that have dead-lettered it.</param>
internal sealed record TaskShares(ExpectedConsumers Expected, IReadOnlyList<string> Done, IReadOnlyList<string> Failed)
{
    /// <summary>The queues that have not ended it.</summary>
    public IEnumerable<string> Left => Expected.Missing(Done).Except(Failed, StringComparer.Ordinal);
}
