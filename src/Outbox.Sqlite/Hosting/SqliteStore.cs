using Messaging.Outbox.Sqlite.Claims;
using Messaging.Outbox.Sqlite.CleanUp;
using Messaging.Outbox.Sqlite.Commits;
using Messaging.Outbox.Sqlite.Connections;
using Messaging.Outbox.Sqlite.Figures;
using Messaging.Outbox.Sqlite.Inbox;
using Messaging.Outbox.Sqlite.Reading;
using Messaging.Outbox.Sqlite.Storage;
using Messaging.Outbox.Sqlite.Tasks;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Sqlite.Hosting;

/// <summary>The store on one SQLite file, which one process may use at a time.</summary>
internal static class SqliteStore
{
    public static StoreSeams Over(SqliteDatabase database, TimeProvider time)
    {
        SqlErrors.Know(SqliteDriverErrors.Instance);
        var dialect = new SqliteDialect(database.Names);
        var queries = new SqliteQueries(database);
        var disk = new FullDisk();
        return new StoreSeams
        {
            Dialect = dialect,
            Queries = queries,
            Commits = new SqliteCommitStore(database, dialect, disk, time),
            Inbox = new SqliteInbox(database),
            Outbox = new SqliteOutbox(database, time),
            Running = new SqliteRunningTasks(database),
            Time = new SqliteTime(time),
            Retention = new SqliteRetention(database),
            Space = new SqliteSpace(database, queries),
            Health = new SqliteHealth(database, queries, disk),
            Figures = new SqliteFigures(database, queries, dialect),
        };
    }
}
