using System.Collections.Frozen;

namespace Messaging.Outbox.AspNetCore.Tasks;

/// <summary>What anonymous callers see of a kind of task.</summary>
internal sealed record TaskKind(string Name, TaskDisclosure Shows);

/// <summary>
/// What anonymous callers see of each kind of task: a use case declares it with
/// <see cref="TaskDisclosureExtensions.AddTaskKind"/>; all other kinds show their state.
/// </summary>
internal sealed class TaskKinds(IEnumerable<TaskKind> kinds)
{
    private readonly FrozenDictionary<string, TaskDisclosure> _kinds = kinds.ToFrozenDictionary(k => k.Name, k => k.Shows, StringComparer.Ordinal);

    /// <summary>The state that is shown.</summary>
    public TaskState StateOf(TaskRecord task) => Of(task.Kind) == TaskDisclosure.UntilDue && !IsBeforeDue(task.State) ? TaskState.Succeeded : task.State;

    /// <summary>The data of a task whose course is not shown (<see cref="ShowsCourse"/>).</summary>
    public PublicTask Redacted(TaskRecord task) => new(task.Id, task.Kind, StateOf(task));

    /// <summary>Whether more than the state is shown.</summary>
    public bool ShowsCourse(string kind) => Of(kind) == TaskDisclosure.Course;

    private TaskDisclosure Of(string kind) => _kinds.GetValueOrDefault(kind, TaskDisclosure.State);

    private static bool IsBeforeDue(TaskState state) => state is TaskState.Waiting or TaskState.Scheduled or TaskState.Blocked;
}
