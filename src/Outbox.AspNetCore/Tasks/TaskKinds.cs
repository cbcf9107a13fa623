using System.Collections.Frozen;

namespace Messaging.Outbox.AspNetCore.Tasks;

/// <summary>What anonymous callers see of a kind of task.</summary>
internal sealed record TaskKind(string Name, TaskDisclosure Shows);

/// <summary>What anonymous callers see of each kind of task: a use case declares its own by <see cref="TaskDisclosureExtensions.AddTaskKind"/>, all others show their state.</summary>
internal sealed class TaskKinds(IEnumerable<TaskKind> kinds)
{
    private readonly FrozenDictionary<string, TaskDisclosure> _kinds = kinds.ToFrozenDictionary(k => k.Name, k => k.Shows, StringComparer.Ordinal);

    /// <summary>The state as they see it.</summary>
    public TaskState StateOf(TaskRecord task) => Of(task.Kind) == TaskDisclosure.UntilDue && !IsBeforeDue(task.State) ? TaskState.Succeeded : task.State;

    /// <summary>All that they see of a task whose course they do not (<see cref="ShowsCourse"/>).</summary>
    public PublicTask Redacted(TaskRecord task) => new(task.Id, task.Kind, StateOf(task));

    /// <summary>Whether they see more of it than its state.</summary>
    public bool ShowsCourse(string kind) => Of(kind) == TaskDisclosure.Course;

    private TaskDisclosure Of(string kind) => _kinds.GetValueOrDefault(kind, TaskDisclosure.State);

    private static bool IsBeforeDue(TaskState state) => state is TaskState.Waiting or TaskState.Scheduled or TaskState.Blocked;
}
