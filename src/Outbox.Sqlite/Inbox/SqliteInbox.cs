using Messaging.Outbox.Sqlite.Connections;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Sqlite.Inbox;

/// <summary>Finds messages that were consumed and tasks that were cancelled.</summary>
internal sealed class SqliteInbox(SqliteDatabase database) : IInboxStore
{
    public Task<InboxState> FindDoneAsync(
        IReadOnlyCollection<InboxKey> keys, IReadOnlyCollection<Guid> tasks, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => InboxSql.FindDone(connection, transaction: null, keys, tasks), cancellationToken);
}
