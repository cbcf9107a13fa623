namespace Messaging.Outbox;

/// <summary>A message whose type was known by name only, ready to be handed on. <see cref="TaskTypes"/> reads it.</summary>
public abstract class TaskMessage
{
    private protected TaskMessage()
    {
    }

    /// <summary>As <see cref="BackgroundTasks.Add{T}"/>.</summary>
    public abstract AddedTask AddTo(
        BackgroundTasks tasks,
        Guid? id = null,
        string? kind = null,
        TimeSpan? delay = null,
        DateTimeOffset? runAt = null,
        StagingCondition? onlyIf = null);

    /// <summary>As <see cref="BackgroundTasks.AddUniqueAsync{T}"/>.</summary>
    public abstract Task<Guid> AddUniqueToAsync(
        BackgroundTasks tasks,
        string key,
        TimeSpan window,
        string? kind = null,
        TimeSpan? delay = null,
        DateTimeOffset? runAt = null,
        CancellationToken cancellationToken = default);

    /// <summary>As <see cref="AddedTask.Then{T}"/>.</summary>
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
