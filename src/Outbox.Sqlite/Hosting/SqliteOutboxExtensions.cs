using Messaging.Outbox.Sqlite.Connections;
using Messaging.Outbox.Migrations;
using Messaging.Outbox.Sqlite.Hosting;
using Messaging.Outbox.Sqlite.Migrations;
using Messaging.Outbox.Store;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox;

/// <summary>Selects a SQLite file as the store.</summary>
public static class SqliteOutboxExtensions
{
    /// <summary>Keeps the outbox, the inbox and the tasks in one SQLite file, which one process may use at a time.</summary>
    /// <param name="builder">The outbox.</param>
    /// <param name="path">The file; it and its folder are created if they are missing.</param>
    /// <param name="tablePrefix">
    /// The prefix of the outbox's table names, for a file that has other tables of the same names: up to 31 characters of
    /// <c>a</c> to <c>z</c>, <c>0</c> to <c>9</c> and <c>_</c>; empty by default.
    /// </param>
    public static OutboxBuilder UseSqlite(this OutboxBuilder builder, string path, string tablePrefix = "")
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(tablePrefix);
        var names = TableNames.Sqlite(tablePrefix);
        var connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = Path.GetFullPath(path),
            DefaultTimeout = 5,
        }.ConnectionString;
        builder.Services.AddSingleton(_ => new SqliteDatabase(connectionString, names));
        StoreSeams.AddTo(builder.Services, provider =>
            SqliteStore.Over(provider.GetRequiredService<SqliteDatabase>(), provider.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<IDatabaseMigrator>(new SqliteMigrator(connectionString, names));
        return builder;
    }
}
