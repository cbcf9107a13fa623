using MassTransit;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox;

/// <summary>
/// Hands work on: what FastAPI's <c>BackgroundTasks.add_task</c> does, but stored. The message is committed with the
/// scope's <see cref="IUnitOfWork"/> and consumed by a worker afterwards.
/// </summary>
public sealed class BackgroundTasks(IPublishEndpoint publishEndpoint)
{
    /// <summary>Stages a message; it is handed on when the scope's unit of work is committed.</summary>
    /// <param name="message">What is to be done.</param>
    /// <param name="id">The task's id, a UUIDv7. Default: a new one.</param>
    /// <param name="kind">What the task is called where it is shown. Default: the name of the message type.</param>
    /// <param name="delay">How long after the commit it is due. Default: at once.</param>
    /// <param name="onlyIf">A condition on a staged command; if it does not hold, nothing is handed on.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The task's id, under which <c>GET /tasks/{id}</c> follows it.</returns>
    public async Task<Guid> AddAsync<T>(
        T message,
        Guid? id = null,
        string? kind = null,
        TimeSpan? delay = null,
        StagingCondition? onlyIf = null,
        CancellationToken cancellationToken = default)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(message);
        var taskId = id ?? Guid.CreateVersion7();
        await publishEndpoint.Publish(
            message,
            context =>
            {
                context.MessageId = taskId;
                context.Delay = delay;
                context.GetOrAddPayload(() => new StagingOptions(kind, onlyIf));
            },
            cancellationToken);
        return taskId;
    }
}
