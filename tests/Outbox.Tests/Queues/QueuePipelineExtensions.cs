using Messaging.Outbox.Queues;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.Queues;

internal static class QueuePipelineExtensions
{
    /// <summary>The queue, when a worker has reported it.</summary>
    public static Task<QueueRecord> QueueAsync(this PipelineUnderTest pipeline, string name) => Eventually.Get(
        async () => await pipeline.Services.GetRequiredService<IQueueStore>().FindAsync(name) is { Consumers.Count: > 0 } queue ? queue : null,
        $"{name} is reported");

    /// <summary>Does something to a queue, as an endpoint does.</summary>
    public static async Task<T> ChangeAsync<T>(this PipelineUnderTest pipeline, Func<IQueueControl, Task<T>> change)
    {
        await using var scope = pipeline.Services.CreateAsyncScope();
        var result = await change(scope.ServiceProvider.GetRequiredService<IQueueControl>());
        await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync();
        return result;
    }

    /// <summary>Pauses a queue, and waits until its gate is closed: a worker reads the settings a moment later.</summary>
    public static async Task<QueueGate> PauseAsync(this PipelineUnderTest pipeline, string queue)
    {
        var gate = pipeline.Services.GetRequiredService<QueueEndpoints>().Find(queue)!.Gate;
        await pipeline.QueueAsync(queue);
        await Eventually.True(IsOpen, "the gate is open"); // it is closed until the worker knows the settings, too
        await pipeline.ChangeAsync(c => c.PauseAsync(queue, "ann"));
        await Eventually.True(() => !IsOpen(), "the gate is closed");
        return gate;

        bool IsOpen()
        {
            var permit = gate.Arrive(DateTimeOffset.UtcNow)!;
            var isOpen = permit.EnterAsync().IsCompleted;
            permit.Abandon();
            return isOpen;
        }
    }

    public static async Task<(Guid Before, Guid After)> AddChainAsync<T>(this PipelineUnderTest pipeline, T before, T after)
        where T : class
    {
        await using var scope = pipeline.Services.CreateAsyncScope();
        var task = scope.ServiceProvider.GetRequiredService<IBackgroundTasks>().Add(before);
        var next = task.Then(after);
        await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync();
        return (task.Id, next.Id);
    }

    /// <summary>Hands many messages on at once.</summary>
    public static async Task AddAllAsync<T>(this PipelineUnderTest pipeline, IEnumerable<T> messages)
        where T : class
    {
        await using var scope = pipeline.Services.CreateAsyncScope();
        var tasks = scope.ServiceProvider.GetRequiredService<IBackgroundTasks>();
        foreach (var message in messages)
        {
            tasks.Add(message);
        }

        await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync();
    }

    public static async Task<TaskState?> StateAsync(this PipelineUnderTest pipeline, Guid id) =>
        (await pipeline.Services.GetRequiredService<ITaskStore>().FindAsync(id))?.State;
}
