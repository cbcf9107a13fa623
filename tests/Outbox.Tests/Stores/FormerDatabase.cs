using DbUp;
using DbUp.Postgresql;
using Messaging.Outbox.Migrations;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace Messaging.Outbox.Tests.Stores;

/// <summary>A database from before the tables had a schema: in <c>public</c>, made by the same scripts, which said no schema then.</summary>
internal static class FormerDatabase
{
    /// <param name="database">Where.</param>
    /// <param name="before">The first script that has not run.</param>
    public static void Create(TestDatabase database, string before = "0022") => Migration.Run(
        DeployChanges.To.PostgresqlDatabase(new PostgresqlConnectionManager(database.Outside)).JournalToPostgresqlTable("public", Migration.Journal),
        Migration.OwnScripts("Postgres").Where(script => string.CompareOrdinal(script.Name.Split(".Postgres.")[1], before) < 0),
        new Migration.Names(TableNames.Sqlite()), // without a schema
        NullLogger.Instance);
}
