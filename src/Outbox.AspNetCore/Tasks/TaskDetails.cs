using System.Text.Json;

namespace Messaging.Outbox.AspNetCore.Tasks;

/// <summary>
/// A task with its attempts. For callers without an access key, members with a default are omitted unless the kind of task shows
/// them.
/// </summary>
internal sealed record TaskDetails(
    Guid Id,
    string Kind,
    TaskState State,
    int Attempts = 0,
    DateTimeOffset? CreatedAt = null,
    DateTimeOffset? StartedAt = null,
    DateTimeOffset? FinishedAt = null,
    DateTimeOffset? NextAttemptAt = null,
    string? LastError = null,
    string? Queue = null,
    string? Worker = null,
    int? Progress = null,
    string? ProgressText = null,
    JsonElement? Result = null,
    int Redrives = 0,
    IReadOnlyList<AttemptView>? AttemptList = null,
    IReadOnlyList<Guid>? Predecessors = null,
    IReadOnlyList<Guid>? Successors = null,
    string? TraceId = null,
    Guid? RunAgainOf = null,
    PayloadView? Payload = null,
    IReadOnlyDictionary<string, string>? Keys = null)
{
    /// <summary>Removes the names of hosts and queues and the trace, which callers without an access key do not need.</summary>
    public TaskDetails WithoutPlaces() => this with { Worker = null, Queue = null, TraceId = null, RunAgainOf = null, AttemptList = AttemptList?.Select(a => a with { Worker = null }).ToList() };

    public static TaskDetails Of(TaskRecord task, IReadOnlyList<TaskAttempt> failed, TaskLinks links)
    {
        var attempts = failed.Select(a => new AttemptView(a.Attempt, a.StartedAt, a.EndedAt, a.Worker, a.Error)).ToList();
        if (task.State is TaskState.Running or TaskState.Succeeded)
        {
            attempts.Add(new AttemptView(task.Attempts, task.StartedAt, task.FinishedAt, task.Worker, Error: null));
        }

        return new TaskDetails(
            task.Id,
            task.Kind,
            task.State,
            task.Attempts,
            task.CreatedAt,
            task.StartedAt,
            task.FinishedAt,
            task.NextAttemptAt,
            task.LastError,
            task.Queue,
            task.Worker,
            task.Progress,
            task.ProgressText,
            task.Result,
            task.Redrives,
            attempts,
            links.Predecessors,
            links.Successors,
            task.TraceId,
            task.RunAgainOf);
    }

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
