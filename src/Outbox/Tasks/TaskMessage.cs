namespace Messaging.Outbox;

/// <summary>A message of a type that is given by name, which can be enqueued. <see cref="TaskTypes"/> creates it from JSON.</summary>
public abstract class TaskMessage
{
    private protected TaskMessage()
    {
    }

    /// <summary>Adds it as <see cref="BackgroundTasks.Add{T}"/> does.</summary>
    public abstract AddedTask AddTo(
        BackgroundTasks tasks,
        Guid? id = null,
        string? kind = null,
        TimeSpan? delay = null,
        DateTimeOffset? runAt = null,
        StagingCondition? onlyIf = null);

    /// <summary>Adds it as <see cref="BackgroundTasks.AddUniqueAsync{T}"/> does.</summary>
    public abstract Task<Guid> AddUniqueToAsync(
        BackgroundTasks tasks,
        string key,
        TimeSpan window,
        string? kind = null,
        TimeSpan? delay = null,
        DateTimeOffset? runAt = null,
        CancellationToken cancellationToken = default);

    /// <summary>Adds it as <see cref="AddedTask.Then{T}"/> does.</summary>
    public abstract AddedTask AddAfter(AddedTask task, string? kind = null);
}

internal sealed class TaskMessage<T>(T message) : TaskMessage
    where T : class
{
    public override AddedTask AddTo(
        BackgroundTasks tasks,
        Guid? id = null,
        string? kind = null,
        TimeSpan? delay = null,
        DateTimeOffset? runAt = null,
        StagingCondition? onlyIf = null) =>
        tasks.Add(message, id, kind, delay, runAt, onlyIf);

    public override Task<Guid> AddUniqueToAsync(
        BackgroundTasks tasks,
        string key,
        TimeSpan window,
        string? kind = null,
        TimeSpan? delay = null,
        DateTimeOffset? runAt = null,
        CancellationToken cancellationToken = default) =>
        tasks.AddUniqueAsync(message, key, window, kind, delay, runAt, cancellationToken);

    public override AddedTask AddAfter(AddedTask task, string? kind = null) => task.Then(message, kind);
}
