using MassTransit;
using Messaging.Contracts;
using Messaging.Outbox;
using Microsoft.Extensions.Options;

namespace Messaging.Worker.Logs;

/// <summary>
/// Deletes entries past their retention in batches of a thousand, each in its own transaction, so that other writers do not wait.
/// Committed batches stay deleted when the task is cancelled or its worker dies; the next attempt continues from there.
/// </summary>
internal sealed class LogCleanUpDueConsumer(
    IStoreReader store, IServiceScopeFactory scopes, ITaskContext task, IOptions<LogOptions> options, StoreClock time) : IConsumer<LogCleanUpDue>
{
    private const int Batch = 1_000;

    // Selects by the primary key, which begins with the time of arrival, so that no other index is needed; and by the entry's own
    // time, for ids that are not UUIDv7.
    private const string Old = "FROM activity_log WHERE id >= $1 AND id < $2 AND logged_at < $3";

    public async Task Consume(ConsumeContext<LogCleanUpDue> context)
    {
        var (deleted, token) = (0, context.CancellationToken);
        var before = time.GetUtcNow() - options.Value.Retention;
        var bound = Uuid7.LowerBound(before);
        var first = await FindAsync(new Part(Guid.Empty, bound, before), skip: 0, token);
        for (var from = first; from is not null;)
        {
            var next = await FindAsync(new Part(from.Value, bound, before), Batch, token);
            var part = new Part(from.Value, next ?? bound, before);
            deleted += await DeleteAsync(part, token);
            task.ReportProgress(Percent(first!.Value, part.End, bound), $"{deleted} entries deleted");
            from = next;
        }

        task.SetResult(new { deleted });
    }

    private async Task<Guid?> FindAsync(Part part, int skip, CancellationToken cancellationToken) =>
        await store.QueryAsync(
            $"SELECT id {Old} ORDER BY id LIMIT 1 OFFSET {skip}", part.Parameters, row => row.GetGuid(0), cancellationToken) is [var id] ? id : null;

    private async Task<int> DeleteAsync(Part part, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var unit = scope.ServiceProvider.GetRequiredService<IUnitOfWork>();
        var delete = unit.Execute($"DELETE {Old}", part.Parameters);
        await unit.CommitAsync(cancellationToken);
        return delete.RowsAffected;
    }

    /// <summary>Progress in percent, by the times in the ids.</summary>
    private static int Percent(Guid first, Guid reached, Guid bound)
    {
        var (start, end) = (Uuid7.TimeOf(first), Uuid7.TimeOf(bound));
        return end <= start ? 0 : (int)Math.Clamp((Uuid7.TimeOf(reached) - start) / (end - start) * 100, 0, 100);
    }

    private readonly record struct Part(Guid Start, Guid End, DateTimeOffset Before)
    {
        public object?[] Parameters => [Start, End, Before];
    }
}
