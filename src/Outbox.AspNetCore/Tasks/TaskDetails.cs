using System.Text.Json.Serialization;

namespace Messaging.Outbox.AspNetCore.Tasks;

/// <summary>A task with its attempts and its links.</summary>
internal sealed record TaskDetails : TaskView
{
    /// <param name="task">The task.</param>
    /// <param name="failed">Its failed attempts.</param>
    /// <param name="links">The tasks before and after it.</param>
    public TaskDetails(TaskRecord task, IReadOnlyList<TaskAttempt> failed, TaskLinks links)
        : base(Of(task))
    {
        IEnumerable<AttemptView> latest = task.State is TaskState.Running or TaskState.Succeeded
            ? [new AttemptView(task.Attempts, task.StartedAt, task.FinishedAt, task.Worker, Error: null)]
            : [];
        AttemptList = [.. failed.Select(a => new AttemptView(a.Attempt, a.StartedAt, a.EndedAt, a.Worker, a.Error)), .. latest];
        (Predecessors, Successors, RunAgainOf) = (links.Predecessors, links.Successors, task.RunAgainOf);
    }

    /// <summary>Its attempts, oldest first.</summary>
    [JsonPropertyOrder(1)]
    public IReadOnlyList<AttemptView> AttemptList { get; private init; }

    /// <summary>The tasks that it waits for, or has waited for; at most 1,000.</summary>
    [JsonPropertyOrder(1)]
    public IReadOnlyList<Guid> Predecessors { get; }

    /// <summary>The tasks that wait for it; at most 1,000.</summary>
    [JsonPropertyOrder(1)]
    public IReadOnlyList<Guid> Successors { get; }

    /// <summary>The task whose message it runs again.</summary>
    [JsonPropertyOrder(1)]
    public Guid? RunAgainOf { get; }

    /// <summary>What is kept of its message; null for a caller without an access key.</summary>
    [JsonPropertyOrder(1)]
    public PayloadView? Payload { get; private init; }

    /// <summary>Its search keys; null for a caller without an access key.</summary>
    [JsonPropertyOrder(1)]
    public IReadOnlyDictionary<string, string>? Keys { get; private init; }

    /// <summary>Leaves out which processes ran the attempts, which callers without an access key do not need (<see cref="TaskVisibility.WithoutPlaces"/>).</summary>
    public TaskDetails WithoutWorkers() => this with { AttemptList = [.. AttemptList.Select(a => a with { Worker = null })] };

    /// <summary>Adds what is kept of the message.</summary>
    public TaskDetails With(TaskPayload payload, bool isSeen) => this with
    {
        Payload = PayloadView.Of(payload, isSeen),
        Keys = payload.Keys.ToDictionary(key => key.Name, key => key.Value, StringComparer.Ordinal),
    };
}

/// <summary>One attempt: it failed with an error, is running, or has succeeded.</summary>
/// <param name="Attempt">Its number. A gap in the numbers is an attempt whose worker died.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="Worker">The process that ran it, if known.</param>
/// <param name="Error">The error if it failed.</param>
internal sealed record AttemptView(int Attempt, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, string? Worker, string? Error);
