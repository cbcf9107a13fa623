using Messaging.Outbox.Sqlite.Connections;
using Microsoft.Data.Sqlite;

namespace Messaging.Outbox.Sqlite.Inbox;

/// <summary>The statements for the inbox keys.</summary>
internal static class InboxSql
{
    public static void Insert(PreparedConnection connection, SqliteTransaction? transaction, InboxKey key, long now) => connection.Execute(
        transaction,
        "INSERT INTO messaging.inbox (message_id, consumer_id, consumed_at, kind, step) VALUES ($1, $2, $3, $4, $5)",
        key.MessageId,
        key.ConsumerId,
        now,
        key.Kind,
        key.Step);

    public static InboxState FindDone(
        PreparedConnection connection, SqliteTransaction? transaction, IReadOnlyCollection<InboxKey> keys, IReadOnlyCollection<Guid> tasks)
    {
        return new InboxState(
            keys.Where(key => Exists(
                "SELECT 1 FROM messaging.inbox WHERE message_id = $1 AND consumer_id = $2", key.MessageId, key.ConsumerId)).ToHashSet(),
            tasks.Where(id => Exists($"SELECT 1 FROM messaging.tasks WHERE id = $1 AND state = {(int)TaskState.Cancelled}", id)).ToHashSet());

        bool Exists(string sql, params ReadOnlySpan<object?> parameters) => connection.Prepare(transaction, sql, parameters).ExecuteScalar() is not null;
    }
}
