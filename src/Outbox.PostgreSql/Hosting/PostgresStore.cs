using Messaging.Outbox.PostgreSql.Claims;
using Messaging.Outbox.PostgreSql.Commits;
using Messaging.Outbox.PostgreSql.Connections;
using Messaging.Outbox.PostgreSql.Figures;
using Messaging.Outbox.PostgreSql.Inbox;
using Messaging.Outbox.PostgreSql.Reading;
using Messaging.Outbox.PostgreSql.CleanUp;
using Messaging.Outbox.PostgreSql.Storage;
using Messaging.Outbox.PostgreSql.Tasks;
using Messaging.Outbox.Store;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.Hosting;

/// <summary>The store on PostgreSQL 15 or newer.</summary>
internal static class PostgresStore
{
    /// <param name="dataSource">The data source.</param>
    /// <param name="names">The names of its tables.</param>
    /// <param name="claimTimeout">The maximum duration of a claim; after it the server ends the claim of a process that is gone.</param>
    public static StoreSeams Over(NpgsqlDataSource dataSource, TableNames names, TimeSpan claimTimeout)
    {
        SqlErrors.Know(PostgresDriverErrors.Instance);
        var connections = new PostgresConnections(dataSource, names);
        var dialect = new PostgresDialect(connections);
        var queries = new PostgresQueries(connections);
        var inbox = new PostgresInbox(connections);
        var fullDisk = new FullDisk();
        var disk = new PostgresDisk(connections, fullDisk);
        return new StoreSeams
        {
            Dialect = dialect,
            Queries = queries,
            Commits = new PostgresCommitStore(connections, dialect, inbox, new UncancelledCommits(), fullDisk),
            Inbox = inbox,
            Outbox = new PostgresOutbox(connections, queries, new ClaimPositions(TimeProvider.System), fullDisk, claimTimeout),
            Running = new PostgresRunningTasks(connections),
            Time = new PostgresTime(queries),
            Retention = new PostgresRetention(connections),
            Space = new PostgresSpace(connections, disk, new PostgresQuota(TimeProvider.System)),
            Health = new PostgresHealth(connections, disk),
            Figures = new PostgresFigures(connections, dialect),
        };
    }
}
