using System.Collections.Frozen;

namespace Messaging.Outbox.AspNetCore.Tasks;

/// <summary>The disclosure of one kind of task.</summary>
internal sealed record TaskKind(string Name, TaskDisclosure Shows);

/// <summary>
/// Determines what callers without an access key can read of each kind of task. Kinds are registered by
/// <see cref="TaskDisclosureExtensions.AddTaskKind"/>; all others show their state.
/// </summary>
internal sealed class TaskKinds(IEnumerable<TaskKind> kinds)
{
    private readonly FrozenDictionary<string, TaskDisclosure> _kinds = kinds.ToFrozenDictionary(k => k.Name, k => k.Shows, StringComparer.Ordinal);

    /// <summary>The state that is shown.</summary>
    public TaskState StateOf(TaskRecord task) => Of(task.Kind) == TaskDisclosure.UntilDue && !IsBeforeDue(task.State) ? TaskState.Succeeded : task.State;

    /// <summary>The data that is shown if <see cref="ShowsCourse"/> is false for the kind.</summary>
    public PublicTask Redacted(TaskRecord task) => new(task.Id, task.Kind, StateOf(task));

    /// <summary>Whether more than the state is shown.</summary>
    public bool ShowsCourse(string kind) => Of(kind) == TaskDisclosure.Course;

    private TaskDisclosure Of(string kind) => _kinds.GetValueOrDefault(kind, TaskDisclosure.State);

    private static bool IsBeforeDue(TaskState state) => state is TaskState.Waiting or TaskState.Scheduled or TaskState.Blocked;
}
