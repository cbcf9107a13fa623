namespace Messaging.Outbox.Tasks;

internal sealed class AddedTask : IAddedTask
{
    private readonly BackgroundTasks _tasks;

    internal AddedTask(BackgroundTasks tasks, StagingOptions options)
    {
        _tasks = tasks;
        Options = options;
    }

    public Guid Id => Options.Id;

    internal StagingOptions Options { get; }

    internal bool IsOf(BackgroundTasks tasks) => _tasks.SharesUnitWith(tasks);

    public IAddedTask Then<T>(T message, string? kind = null, Guid? id = null, StagingCondition? onlyIf = null)
        where T : class =>
        new AddedTasks(_tasks, [this]).Then(message, kind, id, onlyIf);
}

internal sealed class AddedTasks : IAddedTasks
{
    private readonly BackgroundTasks _tasks;
    private readonly IReadOnlyList<AddedTask> _before;

    internal AddedTasks(BackgroundTasks tasks, IReadOnlyList<AddedTask> before)
    {
        _tasks = tasks;
        _before = before;
    }

    public IAddedTask Then<T>(T message, string? kind = null, Guid? id = null, StagingCondition? onlyIf = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(message);
        if (_before.Any(t => t.Options.IsStaged || !t.IsOf(_tasks)))
        {
            throw UnitOfWorkMisuseException.WithoutPredecessor();
        }

        foreach (var task in _before)
        {
            task.Options.HasSuccessors = true;
        }

        return _tasks.Stage(
            message,
            new StagingOptions
            {
                Id = id ?? _tasks.NewId(),
                Kind = kind,
                Condition = onlyIf,
                Predecessors = [.. _before.Select(t => t.Options).Distinct()],
            });
    }
}
