using System.Text;
using System.Text.Json;
using Messaging.Outbox.Tasks;

namespace Messaging.Outbox;

/// <summary>The current task of a consumer: its id and attempt, its progress and result. Inject it into a consumer.</summary>
public sealed class TaskContext
{
    /// <summary>The maximum size of a result, in bytes of JSON.</summary>
    public const int MaxResultBytes = 16 * 1_024;

    private const int MaxText = 200;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    internal Attempt? Attempt { get; set; }

    /// <summary>The task's id; null for an untracked message.</summary>
    public Guid? Id => Current.TaskId;

    /// <summary>The number of this attempt, counted from 1 across retries and redrives.</summary>
    public int Number => Current.Number;

    /// <summary>Which part of its work this is, counted from 0: how often <see cref="ContinueLater"/> was called for it.</summary>
    public int Part => Current.Part;

    /// <summary>
    /// Cancelled when the task is cancelled, its time limit is over, or the process stops. The same token as that of the consume
    /// context.
    /// </summary>
    public CancellationToken CancellationToken => Current.Token;

    private Attempt Current => Attempt ?? throw new InvalidOperationException("There is a TaskContext only while a consumer runs.");

    /// <summary>
    /// Reports the progress. The call is cheap: the latest progress is written together with that of other running tasks, several
    /// times a second.
    /// </summary>
    /// <param name="percent">0 to 100.</param>
    /// <param name="text">The current activity, one line of at most 200 characters: the rest is cut, and control characters become spaces.</param>
    public void ReportProgress(int percent, string? text = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(percent);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(percent, 100);
        Current.Report(percent, StoredText.Line(text, MaxText));
    }

    /// <summary>
    /// Ends a part of a long task at a checkpoint. When the consumer returns, its staged work is committed once, and the same
    /// message is enqueued again, behind other messages of its queue, for any worker. The task succeeds when a part ends without
    /// this call. So no delivery is held for long, a worker that dies loses one part, and each part has all its retries.
    /// </summary>
    public void ContinueLater() => Current.Continues = true;

    /// <summary>Stores a result with the task if this attempt succeeds. The last call counts.</summary>
    /// <exception cref="ArgumentException">The result is larger than <see cref="MaxResultBytes"/>.</exception>
    public void SetResult<T>(T result)
    {
        var json = JsonSerializer.Serialize(result, Json);
        if (Encoding.UTF8.GetByteCount(json) > MaxResultBytes)
        {
            throw new ArgumentException($"A result must not be larger than {MaxResultBytes} bytes of JSON.", nameof(result));
        }

        Current.Result = json;
    }
}
