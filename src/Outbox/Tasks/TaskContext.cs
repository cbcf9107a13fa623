using System.Text;
using System.Text.Json;
using Messaging.Outbox.Inbox;

namespace Messaging.Outbox;

/// <summary>
/// What a consumer knows and says of the task that it is at. Injected into a consumer.
/// </summary>
public sealed class TaskContext
{
    /// <summary>The largest result, in bytes of JSON.</summary>
    public const int MaxResultBytes = 16 * 1_024;

    private const int MaxText = 200;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    internal Attempt? Attempt { get; set; }

    /// <summary>The task's id; null for a message that is not followed.</summary>
    public Guid? Id => Current.Delivery.TaskId;

    /// <summary>The number of this attempt, counted from 1 over retries and redrives.</summary>
    public int Number => Current.Delivery.Progress.Attempts;

    /// <summary>Which part of its work this is, counted from 0: how often <see cref="ContinueLater"/> was called for it.</summary>
    public int Part => Current.Delivery.Progress.Part;

    /// <summary>
    /// Ends the attempt: the task was cancelled, its time limit is over, or the process stops. The same as the consume
    /// context's token.
    /// </summary>
    public CancellationToken CancellationToken => Current.Token;

    private Attempt Current => Attempt ?? throw new InvalidOperationException("There is a TaskContext only while a consumer runs.");

    /// <summary>
    /// Says how far the work is. It costs nothing: the latest word is written with what else is shown as Running, a few times
    /// a second.
    /// </summary>
    /// <param name="percent">0 to 100.</param>
    /// <param name="text">What is being done, one line of at most 200 characters: the rest is cut, and control characters become spaces.</param>
    public void ReportProgress(int percent, string? text = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(percent);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(percent, 100);
        Current.Report(percent, StoredText.Line(text, MaxText));
    }

    /// <summary>
    /// Ends a part of long work at a checkpoint. When the consumer returns, what it has staged is committed, once, and the same
    /// message comes again, behind what waits in its queue, to whichever worker is free; the task has succeeded when a part ends
    /// without this. So no delivery is held for long, a worker that dies costs one part, and each part has all its retries.
    /// </summary>
    public void ContinueLater() => Current.Continues = true;

    /// <summary>Keeps a result with the task, if this attempt succeeds. The last one counts.</summary>
    /// <exception cref="ArgumentException">It is larger than <see cref="MaxResultBytes"/>.</exception>
    public void SetResult<T>(T result)
    {
        var json = JsonSerializer.Serialize(result, Json);
        if (Encoding.UTF8.GetByteCount(json) > MaxResultBytes)
        {
            throw new ArgumentException($"A result may have {MaxResultBytes} bytes of JSON.", nameof(result));
        }

        Current.Result = json;
    }
}
