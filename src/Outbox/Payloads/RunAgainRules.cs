using Messaging.Outbox.Tasks;

namespace Messaging.Outbox.Payloads;

/// <summary>Whether the message of a task can be enqueued again, as it was or edited. A page asks before, and the act itself.</summary>
internal sealed class RunAgainRules(MessageTypes types, TaskTypes named)
{
    /// <summary>The type of a payload; null if this process does not know it.</summary>
    public Type? TypeOf(string fullName) => types.Find(fullName) is { IsClass: true, IsAbstract: false } type ? type : null;

    /// <summary>Only what could be enqueued by name: other types may trust that the service alone makes their messages.</summary>
    public bool IsEditable(TaskPayload payload) => payload is { State: PayloadState.Kept, Type: { } name } && TypeOf(name) is { } type && named.Contains(type.Name);

    /// <returns>Why it cannot be, whatever is given; null if it can.</returns>
    public string? Refusal(TaskPayload payload) => payload switch
    {
        { State: PayloadState.TooLarge } => $"Its message was not kept, because it has {payload.Bytes} bytes, which is more than Outbox:Payloads:MaxBytes.",
        { State: PayloadState.Sensitive } => "Its message was not kept, because its type is sensitive.",
        { State: PayloadState.NotKept } => "Its message was not kept.",
        { Type: { } name } when TypeOf(name) is null =>
            $"This process does not know the message type {name}: register it with AddTaskType, or run the task again in a process that enqueues it.",
        { Redacted.Count: > 0 } when !IsEditable(payload) =>
            $"Values of its message were replaced when it was stored ({string.Join(", ", payload.Redacted)}), and a {NotEditable(payload)}",
        _ => null,
    };

    /// <summary>A sentence that begins with the name of the type.</summary>
    public string NotEditable(TaskPayload payload) =>
        $"{TypeOf(payload.Type!)?.Name ?? payload.Type} cannot be edited, because it is not one of the task types that can be enqueued by name (GET /task-types).";
}
