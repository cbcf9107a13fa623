using MassTransit;
using Messaging.Outbox.Bulk;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Messaging.Outbox.Tests.Bulk;

/// <summary>A process that runs nothing by itself: a test runs the steps of its bulk actions.</summary>
internal sealed class BulkProcess : IDisposable
{
    private readonly IHost _host;

    public BulkProcess(StoreUnderTest store)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddMassTransit(x =>
        {
            x.AddOutbox(o =>
            {
                store.Use(o);
                o.Configure(options => options.CommitTimeout = TimeSpan.FromSeconds(30));
            });
            x.UsingInMemory();
        });
        _host = builder.Build();
    }

    public Guid Holder { get; } = Guid.NewGuid();

    public BulkSteps Steps => _host.Services.GetRequiredService<BulkSteps>();

    public async Task<T> InUnitAsync<T>(Func<BulkActions, Task<T>> action)
    {
        await using var scope = _host.Services.CreateAsyncScope();
        var result = await action(scope.ServiceProvider.GetRequiredService<BulkActions>());
        await scope.ServiceProvider.GetRequiredService<UnitOfWork>().CommitAsync();
        return result;
    }

    public Task<BulkResult> AskAsync(BulkOrder order, long? expected = null) => InUnitAsync(actions => actions.RunAsync(order, expected, "ann", default));

    public Task<BulkAction?> FindAsync(Guid id) => InUnitAsync(actions => actions.FindAsync(id, default));

    public Task<RunningBulkAction?> TakeAsync() => Steps.TakeAsync(Holder, [], default);

    public Task<RunningBulkAction?> StepAsync(RunningBulkAction action, CancellationToken cancellationToken = default) => Steps.StepAsync(action, Holder, cancellationToken);

    /// <summary>Records that a step has failed, and takes the action again as if its pause were over.</summary>
    public async Task<RunningBulkAction?> FailAsync(StoreUnderTest store, RunningBulkAction action, Exception exception)
    {
        await Steps.FailAsync(action, Holder, new BulkStepException(exception, only: null), default);
        await store.ExecuteAsync($"UPDATE {store.NameOf("bulk_actions")} SET held_until = started_at");
        return await TakeAsync();
    }

    /// <summary>Runs the steps of an action until it has ended, or this process has lost it.</summary>
    public async Task<RunningBulkAction?> RunAsync(RunningBulkAction? action, int steps = int.MaxValue)
    {
        for (var i = 0; i < steps && action is { Action.State: BulkActionState.Running }; i++)
        {
            action = await StepAsync(action);
        }

        return action;
    }

    public void Dispose() => _host.Dispose();
}

internal static class ManyTasks
{
    /// <summary>Stores tasks of a kind; what they are about is not stored, so they can only be cancelled and retried.</summary>
    public static async Task<IReadOnlyList<Guid>> AddAsync(
        StoreUnderTest store, int count, string kind = "Many", TaskState state = TaskState.Scheduled, DateTimeOffset? createdAt = null)
    {
        var at = createdAt ?? DateTimeOffset.UtcNow.AddMinutes(-5);
        var ids = Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7(at)).ToList();
        await using var transaction = await store.Store.Commits.BeginAsync(default);
        foreach (var chunk in ids.Chunk(200))
        {
            var values = string.Join(", ", chunk.Select((_, i) => $"({SqlFilter.Numbered(4, (4 * i) + 1)})"));
            await transaction.Own.ExecuteAsync(
                $"INSERT INTO messaging.tasks (id, kind, state, created_at) VALUES {values}", default, [.. chunk.SelectMany(id => (object?[])[id, kind, state, new StoreTime(at)])]);
        }

        await transaction.CommitAsync(new StagedWork(), default);
        return ids;
    }
}
