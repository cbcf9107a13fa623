using System.Text.Json;

namespace Messaging.Outbox.AspNetCore.Tasks;

/// <summary>The body of <c>POST /tasks</c>, as OpenAPI shows it.</summary>
/// <param name="Type">The name of the message's type, one of <c>GET /tasks/types</c>.</param>
/// <param name="Message">The message: every required member, and none that the type does not have.</param>
/// <param name="Kind">What the task is called where it is shown. Default: the name of the type.</param>
/// <param name="Delay">How long after the answer it is due: <c>"00:05:00"</c>, or a number of seconds; at most 365 days.</param>
/// <param name="RunAt">When it is due instead: with its offset, at most 365 days ahead. A time that has passed is at once.</param>
/// <param name="Unique">Hands it on only if no task with this key waits already.</param>
/// <param name="Then">At most 20 tasks that start one after the other, each when the one before it has succeeded.</param>
internal sealed record AddTaskBody(
    string Type, JsonElement Message, string? Kind = null, object? Delay = null, DateTimeOffset? RunAt = null, UniqueBody? Unique = null,
    IReadOnlyList<ThenBody>? Then = null);

/// <summary>What is to wait only once.</summary>
/// <param name="Key">At most 200 characters.</param>
/// <param name="Window">For how long the key keeps others out at most: <c>"00:05:00"</c>, or a number of seconds; at most 365 days.</param>
internal sealed record UniqueBody(string Key, object Window);

/// <summary>A task that follows.</summary>
/// <param name="Type">The name of the message's type.</param>
/// <param name="Message">The message.</param>
/// <param name="Kind">What the task is called where it is shown. Default: the name of the type.</param>
internal sealed record ThenBody(string Type, JsonElement Message, string? Kind = null);

/// <summary>The answer: the tasks are stored, and will be done.</summary>
/// <param name="TaskId">Follow it under <c>/tasks/{taskId}</c>. With <c>unique</c> it may be one that waited already.</param>
/// <param name="TaskIds">The tasks of <c>then</c>, in order.</param>
internal sealed record TasksAccepted(Guid TaskId, IReadOnlyList<Guid> TaskIds);
