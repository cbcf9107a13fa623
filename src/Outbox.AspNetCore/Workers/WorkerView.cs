namespace Messaging.Outbox.AspNetCore.Workers;

/// <summary>A process that is alive.</summary>
/// <param name="Name">The process: machine and process id, the name that attempts and queues show.</param>
/// <param name="Service">The name of the service.</param>
/// <param name="Host">The machine or container.</param>
/// <param name="ProcessId">The number of the process there.</param>
/// <param name="Version">The version of the application.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="SeenAt">When it last reported.</param>
/// <param name="Dispatches">Whether it dispatches the outbox.</param>
/// <param name="RunsSchedules">Whether it runs schedules.</param>
/// <param name="InFlight">Messages in flight, of all its queues.</param>
/// <param name="RunningCount">The number of tasks that it has been running for more than a moment.</param>
/// <param name="RunningTasks">The ids of up to 50 of them.</param>
/// <param name="Running">Those of them that are still running, with what they are.</param>
/// <param name="Queues">The queues that it consumes.</param>
internal sealed record WorkerView(
    string Name,
    string Service,
    string Host,
    int ProcessId,
    string Version,
    DateTimeOffset StartedAt,
    DateTimeOffset SeenAt,
    bool Dispatches,
    bool RunsSchedules,
    int InFlight,
    int RunningCount,
    IReadOnlyList<Guid> RunningTasks,
    IReadOnlyList<WorkerTaskView> Running,
    IReadOnlyList<ProcessQueue> Queues)
{
    private const int MaxTasks = 50;

    /// <summary>The tasks that are shown of a process.</summary>
    public static IEnumerable<Guid> TasksOf(ProcessRecord process) => process.RunningTasks.Take(MaxTasks);

    public static WorkerView Of(ProcessRecord process, IReadOnlyDictionary<Guid, TaskRecord> running) => new(
        process.Name,
        process.Service,
        process.Host,
        process.ProcessId,
        process.Version,
        process.StartedAt,
        process.SeenAt,
        process.Dispatches,
        process.RunsSchedules,
        process.Queues.Sum(queue => queue.InFlight),
        process.RunningTasks.Count,
        [.. TasksOf(process)],
        [.. TasksOf(process).Where(running.ContainsKey).Select(id => WorkerTaskView.Of(running[id]))],
        process.Queues);
}

/// <summary>A task that a process is running.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Queue">Its queue.</param>
/// <param name="StartedAt">When the attempt started.</param>
internal sealed record WorkerTaskView(Guid TaskId, string Kind, string? Queue, DateTimeOffset? StartedAt)
{
    public static WorkerTaskView Of(TaskRecord task) => new(task.Id, task.Kind, task.Queue, task.StartedAt);
}
