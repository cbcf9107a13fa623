using System.Text.Json.Serialization;

namespace Messaging.Outbox;

/// <summary>A filter of tasks; a null property matches all. The result is ordered newest first.</summary>
/// <remarks>
/// Whatever the filter, a page reads a bounded number of tasks, and <see cref="Page{T}.Next"/> is where to continue. States other
/// than Queued and Succeeded have an index; for those two, the page reads all tasks of the time range.
/// </remarks>
public sealed record TaskQuery
{
    /// <summary>Only tasks in one of these states.</summary>
    public IReadOnlyList<TaskState> States { get; init; } = [];

    /// <summary>Only tasks of this kind (exact match).</summary>
    public string? Kind { get; init; }

    /// <summary>Only tasks of this queue (exact match).</summary>
    public string? Queue { get; init; }

    /// <summary>
    /// Only tasks stored at this time or later. The search uses the time in the id, so a task whose id was chosen by the caller
    /// and has another time is not found.
    /// </summary>
    public DateTimeOffset? CreatedFrom { get; init; }

    /// <summary>Only tasks stored before this time.</summary>
    public DateTimeOffset? CreatedBefore { get; init; }

    /// <summary>Only tasks whose last error contains this string, ignoring case.</summary>
    public string? Error { get; init; }

    /// <summary>
    /// Whether <see cref="Error"/> is not searched in what stands before the <c>@</c> of an e-mail address, for a caller who may not see it. Default false.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool HidesAddresses { get; init; }

    /// <summary>
    /// Only tasks that were enqueued in this trace (<see cref="TaskRecord.TraceId"/>). Those of sampled traces are found by an
    /// index; for others the page reads a bounded number of tasks. Anything but 32 hexadecimal digits is a <see cref="FormatException"/>.
    /// </summary>
    public string? TraceId { get; init; }

    /// <summary>
    /// Only tasks with this key (exact match), which an index finds. Of many tasks with one key a page reads a bounded number, newest first.
    /// </summary>
    public TaskKey? Key { get; init; }

    /// <summary>Continues after this task: <see cref="Page{T}.Next"/> of the previous page.</summary>
    public Guid? After { get; init; }

    /// <summary>The maximum number of items. Default 50.</summary>
    public int Limit { get; init; } = 50;
}

/// <summary>The links of a task, of each kind <see cref="Max"/> at most: a task may have any number.</summary>
/// <param name="Predecessors">The tasks that it waits for.</param>
/// <param name="Successors">The tasks that wait for it.</param>
public sealed record TaskLinks(IReadOnlyList<Guid> Predecessors, IReadOnlyList<Guid> Successors)
{
    /// <summary>The maximum number of predecessors, and of successors, that are read.</summary>
    public const int Max = 1_000;
}
