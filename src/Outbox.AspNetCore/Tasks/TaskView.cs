using System.Text.Json;
using System.Text.Json.Serialization;

namespace Messaging.Outbox.AspNetCore.Tasks;

/// <summary>
/// What every answer about a task shows to callers who may see more of it than its state. Others get the members that are required (<see cref="PublicTask"/>).
/// </summary>
internal record TaskView(
    [property: JsonRequired] Guid Id,
    [property: JsonRequired] string Kind,
    [property: JsonRequired] TaskState State,
    int Attempts,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    DateTimeOffset? NextAttemptAt,
    string? LastError,
    string? Queue,
    string? Worker,
    int? Progress,
    string? ProgressText,
    JsonElement? Result,
    int Redrives,
    string? TraceId)
{
    public static TaskView Of(TaskRecord task) => new(
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
        task.TraceId);
}
