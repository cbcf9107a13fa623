using Messaging.Outbox.Migrations;
using Messaging.Outbox.PostgreSql.Migrations;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Messaging.Outbox.Tests.PostgreSql;

/// <summary>A database from before the tables had a schema: in <c>public</c>, made by the same scripts, which said no schema then.</summary>
internal static class FormerDatabase
{
    /// <param name="database">Where.</param>
    /// <param name="before">The first script that has not run.</param>
    public static async Task CreateAsync(TestDatabase database, string before = "0022")
    {
        await using var source = NpgsqlDataSource.Create(database.Outside);
        await using var connection = await source.OpenConnectionAsync();
        await new ScriptRun(connection, PostgresMigrator.JournalIn("public", prefix: ""), NullLogger.Instance).RunAsync(
            PostgresMigrator.OwnScripts.Where(script => string.CompareOrdinal(script.Name.Split(".Postgres.")[1], before) < 0),
            TableNames.Sqlite().InScript, // without a schema
            CancellationToken.None);
    }
}
