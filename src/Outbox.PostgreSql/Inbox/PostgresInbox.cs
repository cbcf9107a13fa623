using Messaging.Outbox.PostgreSql.Connections;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.PostgreSql.Inbox;

/// <summary>Finds messages that were consumed and tasks that were cancelled.</summary>
internal sealed class PostgresInbox(PostgresConnections connections) : IInboxStore
{
    public Task<InboxState> FindDoneAsync(
        IReadOnlyCollection<InboxKey> keys, IReadOnlyCollection<Guid> tasks, CancellationToken cancellationToken) =>
        PostgresErrors.TranslateAll(() => connections.UseAsync(
            async connection =>
            {
                await using var batch = new StatementBatch(connection, connections.Names).Add(QueryPlans.FindByKeys).Add(InboxSql.FindDone, InboxSql.Done(keys, tasks));
                return await ReadAsync(batch, keys, cancellationToken);
            },
            cancellationToken));

    private static async Task<InboxState> ReadAsync(StatementBatch batch, IReadOnlyCollection<InboxKey> keys, CancellationToken cancellationToken)
    {
        var (asked, consumed, cancelled) = (keys.ToHashSet(), new HashSet<InboxKey>(), new HashSet<Guid>());
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (reader.IsDBNull(1))
            {
                cancelled.Add(reader.GetGuid(0));
            }
            else if (new InboxKey(reader.GetGuid(0), reader.GetGuid(1)) is var key && asked.Contains(key))
            {
                consumed.Add(key);
            }
        }

        return new InboxState(consumed, cancelled);
    }
}
