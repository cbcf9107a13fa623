namespace Messaging.Outbox;

/// <summary>
/// The task that a consumer executes: its identity, and the progress and result that the consumer reports. Injected into a consumer; in
/// other scopes its members throw <see cref="InvalidOperationException"/>.
/// </summary>
public interface ITaskContext
{
    /// <summary>The maximum size of a result, in bytes of JSON in UTF-8.</summary>
    public const int MaxResultBytes = 16 * 1_024;

    /// <summary>The task's id; null for an untracked message.</summary>
    Guid? Id { get; }

    /// <summary>The number of this attempt, counted from 1 over retries and redrives.</summary>
    int Number { get; }

    /// <summary>The current part of the work, counted from 0: each part that ends with <see cref="ContinueLater"/> increases it.</summary>
    int Part { get; }

    /// <summary>
    /// Cancelled when the task is cancelled, at the time limit of the attempt, or when the endpoint stops. Equal to the consume context's token.
    /// For an <see cref="IStagingConsumer"/> in the fast lane it is also cancelled as soon as the consumer waits for something: the message
    /// then goes through the pipeline, where the consumer may wait.
    /// </summary>
    CancellationToken CancellationToken { get; }

    /// <summary>
    /// Reports progress. The call writes nothing and may be frequent: the latest values of all long running tasks are written together, twice
    /// per <see cref="OutboxOptions.RunningAfter"/>.
    /// </summary>
    /// <param name="percent">The progress, 0 to 100.</param>
    /// <param name="text">The current activity: one line of at most 200 characters. More is cut, and control characters become spaces.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="percent"/> is not between 0 and 100.</exception>
    void ReportProgress(int percent, string? text = null);

    /// <summary>
    /// Requests another delivery for the next part of long work. When the consumer returns, its staged work is committed once, and the same
    /// message is enqueued again at the end of its queue, for any worker. The task succeeds when a part ends without this call. Deliveries stay
    /// short, a worker that dies loses at most the current part, and each part has all attempts of the retry policy.
    /// </summary>
    void ContinueLater();

    /// <summary>Sets the result of the task, which is stored if this attempt succeeds. A later call replaces it.</summary>
    /// <exception cref="ArgumentException">The result is larger than <see cref="MaxResultBytes"/>.</exception>
    void SetResult<T>(T result);
}
