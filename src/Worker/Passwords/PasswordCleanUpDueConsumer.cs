using MassTransit;
using Messaging.Contracts;
using Messaging.Outbox;
using Messaging.Worker.Mail;

namespace Messaging.Worker.Passwords;

/// <summary>Deletes expired links and mail grants that no longer count, in small transactions.</summary>
internal sealed class PasswordCleanUpDueConsumer(IServiceScopeFactory scopes, ITaskContext task, StoreClock time)
    : IConsumer<PasswordCleanUpDue>
{
    private const int BatchSize = 1_000;

    public async Task Consume(ConsumeContext<PasswordCleanUpDue> context)
    {
        var now = time.GetUtcNow();
        task.SetResult(new
        {
            tokens = await DeleteAsync("password_tokens", "token_hash", "expires_at", now, context.CancellationToken),
            grants = await DeleteAsync("mail_grants", "task_id", "granted_at", now - MailAllowance.Window, context.CancellationToken),
            counters = await DeleteAsync("mail_counters", "key", "used_at", now - MailAllowance.Window, context.CancellationToken),
        });
    }

    private async Task<int> DeleteAsync(string table, string key, string column, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var (deleted, batch) = (0, BatchSize);
        for (; batch == BatchSize; deleted += batch)
        {
            await using var scope = scopes.CreateAsyncScope();
            var unit = scope.ServiceProvider.GetRequiredService<IUnitOfWork>();
            var rows = await unit.QueryAsync(
                $"DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM {table} WHERE {column} <= $1 LIMIT {BatchSize}) RETURNING 1",
                [before],
                _ => true,
                cancellationToken);
            await unit.CommitAsync(cancellationToken);
            batch = rows.Count;
        }

        return deleted;
    }
}
