namespace Messaging.Outbox.Reasons;

/// <summary>One thing that holds up a task.</summary>
/// <param name="Code">What it is.</param>
/// <param name="Message">It in a sentence.</param>
/// <param name="Short">It in a few words, without a capital letter, for when it is not the first.</param>
internal sealed record Cause(TaskReasonCode Code, string Message, string Short)
{
    public string? Advice { get; init; }
    public DateTimeOffset? Until { get; init; }
    public DateTimeOffset? Since { get; init; }
    public string? Who { get; init; }

    /// <summary>The reason of a task, with the other causes in short.</summary>
    public TaskReason For(TaskRecord task, string? queue, string before = "", IEnumerable<Cause>? others = null)
    {
        var rest = string.Join("; ", others?.Select(cause => cause.Short) ?? []);
        return TaskReason.Of(task, Code, $"{before}{Message}{(rest.Length == 0 ? "" : $" Besides, {rest}.")}") with
        {
            Advice = Advice,
            Until = Until,
            Since = Since,
            Who = Who,
            Queue = queue,
        };
    }
}
