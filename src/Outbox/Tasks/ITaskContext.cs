namespace Messaging.Outbox;

/// <summary>What a consumer knows and reports of the task that it executes. Injected into a consumer; it is empty elsewhere.</summary>
public interface ITaskContext
{
    /// <summary>The largest result, in bytes of JSON.</summary>
    public const int MaxResultBytes = 16 * 1_024;

    /// <summary>The task's id; null for an untracked message.</summary>
    Guid? Id { get; }

    /// <summary>The number of this attempt, counted from 1 over retries and redrives.</summary>
    int Number { get; }

    /// <summary>Which part of its work this is, counted from 0: how often <see cref="ContinueLater"/> was called for it.</summary>
    int Part { get; }

    /// <summary>
    /// Ends the attempt: the task was cancelled, its time limit is over, or the process stops. The same as the consume context's token.
    /// </summary>
    CancellationToken CancellationToken { get; }

    /// <summary>
    /// Reports how far the work is. It costs nothing: the latest report is written together with those of other running tasks, a few times a
    /// second.
    /// </summary>
    /// <param name="percent">0 to 100.</param>
    /// <param name="text">What is being done, one line of at most 200 characters: the rest is cut, and control characters become spaces.</param>
    void ReportProgress(int percent, string? text = null);

    /// <summary>
    /// Ends a part of long work at a checkpoint. When the consumer returns, what it has staged is committed, once, and the same message comes
    /// again, behind what waits in its queue, to whichever worker is free; the task has succeeded when a part ends without this. So no delivery
    /// takes long, a worker that dies costs one part, and each part has all its retries.
    /// </summary>
    void ContinueLater();

    /// <summary>Keeps a result with the task, if this attempt succeeds. The last one counts.</summary>
    /// <exception cref="ArgumentException">It is larger than <see cref="MaxResultBytes"/>.</exception>
    void SetResult<T>(T result);
}
