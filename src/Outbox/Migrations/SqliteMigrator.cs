using System.Reflection;
using DbUp;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Migrations;

internal sealed class SqliteMigrator(string connectionString) : IDatabaseMigrator
{
    public Task MigrateAsync(ILogger logger, CancellationToken cancellationToken, params IReadOnlyList<Assembly> assemblies)
    {
        var file = new SqliteConnectionStringBuilder(connectionString).DataSource;
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        Migration.Run(
            () => DeployChanges.To.SqliteDatabase(connectionString).JournalToSqliteTable("schema_versions"),
            "Sqlite",
            logger,
            assemblies);
        return Task.CompletedTask;
    }
}
