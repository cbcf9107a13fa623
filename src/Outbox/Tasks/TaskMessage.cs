namespace Messaging.Outbox.Tasks;

/// <summary>A message of a type that is given by name, which can be enqueued. <see cref="TaskTypes"/> creates it from JSON.</summary>
internal abstract class TaskMessage
{
    private protected TaskMessage()
    {
    }

    /// <param name="message">The message.</param>
    /// <param name="type">Its type.</param>
    public static TaskMessage Of(object message, Type type) => (TaskMessage)Activator.CreateInstance(typeof(TaskMessage<>).MakeGenericType(type), message)!;

    /// <summary>Adds it with options that callers of <see cref="IBackgroundTasks"/> do not have.</summary>
    public abstract IAddedTask AddTo(BackgroundTasks tasks, StagingOptions options);

    /// <summary>Adds it as <see cref="IBackgroundTasks.Add{T}"/> does.</summary>
    public abstract IAddedTask AddTo(
        IBackgroundTasks tasks,
        Guid? id = null,
        string? kind = null,
        TimeSpan? delay = null,
        DateTimeOffset? runAt = null,
        StagingCondition? onlyIf = null);

    /// <summary>Adds it as <see cref="IBackgroundTasks.AddUniqueAsync{T}"/> does.</summary>
    public abstract Task<Guid> AddUniqueToAsync(
        IBackgroundTasks tasks,
        string key,
        TimeSpan window,
        string? kind = null,
        TimeSpan? delay = null,
        DateTimeOffset? runAt = null,
        CancellationToken cancellationToken = default);

    /// <summary>Adds it as <see cref="IAddedTask.Then{T}"/> does.</summary>
    public abstract IAddedTask AddAfter(IAddedTask task, string? kind = null);
}

internal sealed class TaskMessage<T>(T message) : TaskMessage
    where T : class
{
    public override IAddedTask AddTo(BackgroundTasks tasks, StagingOptions options) => tasks.Stage(message, options);

    public override IAddedTask AddTo(
        IBackgroundTasks tasks,
        Guid? id = null,
        string? kind = null,
        TimeSpan? delay = null,
        DateTimeOffset? runAt = null,
        StagingCondition? onlyIf = null) =>
        tasks.Add(message, id, kind, delay, runAt, onlyIf);

    public override Task<Guid> AddUniqueToAsync(
        IBackgroundTasks tasks,
        string key,
        TimeSpan window,
        string? kind = null,
        TimeSpan? delay = null,
        DateTimeOffset? runAt = null,
        CancellationToken cancellationToken = default) =>
        tasks.AddUniqueAsync(message, key, window, kind, delay, runAt, cancellationToken);

    public override IAddedTask AddAfter(IAddedTask task, string? kind = null) => task.Then(message, kind);
}
