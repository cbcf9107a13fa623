using Messaging.Outbox.PostgreSql.Connections;
using Messaging.Outbox.Migrations;
using Messaging.Outbox.PostgreSql.Hosting;
using Messaging.Outbox.PostgreSql.Migrations;
using Messaging.Outbox.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Messaging.Outbox;

/// <summary>Selects PostgreSQL as the store.</summary>
public static class PostgreSqlOutboxExtensions
{
    /// <summary>Stores the outbox, the inbox and the tasks in PostgreSQL 15 or newer.</summary>
    /// <param name="builder">The outbox.</param>
    /// <param name="connectionString">
    /// An Npgsql connection string. Unless it sets other values, statements are prepared automatically and connecting times out
    /// after 5 s; a caller waits for a connection at most until its own deadline. A connection is not reset when it returns to
    /// the pool, because that would cost seven statements: a change of the session (SET without LOCAL, a temporary table, an advisory
    /// lock of the session) remains for the next user of the connection. Connections do not enlist in a <see cref="System.Transactions.TransactionScope"/>.
    /// </param>
    /// <param name="pooler">The connection pooler between the process and the server. With <see cref="PostgresPooler.Transaction"/> statements are not prepared.</param>
    /// <remarks>
    /// With several hosts (<c>Host=a,b</c>), the state of each host is checked again every second and the writable one is used,
    /// unless the connection string sets <c>Target Session Attributes</c> and <c>Host Recheck Seconds</c>.
    /// </remarks>
    /// <param name="schema">
    /// The schema of the outbox's tables, which the migration creates: up to 31 characters of <c>a</c> to <c>z</c>, <c>0</c> to
    /// <c>9</c> and <c>_</c>. Each schema is a separate outbox.
    /// </param>
    /// <param name="tablePrefix">The prefix of the table names, of the same characters; empty by default.</param>
    /// <param name="configure">
    /// Sets what a connection string does not have, such as <c>UsePasswordProvider</c> for a password or token that changes while the process runs, or a client certificate. It is applied to
    /// the connections of the migration too.
    /// </param>
    public static OutboxBuilder UsePostgreSql(
        this OutboxBuilder builder,
        string connectionString,
        PostgresPooler pooler = PostgresPooler.None,
        string schema = TableNames.DefaultSchema,
        string tablePrefix = "",
        Action<NpgsqlDataSourceBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(tablePrefix);
        var names = TableNames.Postgres(schema, tablePrefix);
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        if (string.IsNullOrWhiteSpace(settings.Host))
        {
            throw new ArgumentException("UsePostgreSql needs a connection string with a Host; is its setting missing?", nameof(connectionString));
        }

        SetDefaults(settings, pooler);
        builder.Services.AddSingleton(_ => new PostgresDatabase(settings, configure));
        StoreSeams.AddTo(builder.Services, provider => PostgresStore.Over(
            provider.GetRequiredService<PostgresDatabase>().Source,
            names,
            provider.GetRequiredService<IOptions<OutboxOptions>>().Value.SendTimeout + TimeSpan.FromSeconds(50)));
        builder.Services.AddSingleton<IDatabaseMigrator>(new PostgresMigrator(settings.ConnectionString, names, configure));
        return builder;
    }

    /// <summary>What the connection string does not say.</summary>
    private static void SetDefaults(NpgsqlConnectionStringBuilder settings, PostgresPooler pooler)
    {
        if (pooler == PostgresPooler.Transaction)
        {
            settings.MaxAutoPrepare = 0;
            settings.NoResetOnClose = true; // behind a pooler, DISCARD ALL would run in another client's session
            settings.KeepAlive = 0; // keepalive queries are useless behind a pooler, which checks its servers itself
        }

        if (settings.Host?.Contains(',', StringComparison.Ordinal) == true)
        {
            SetDefault(settings, "Target Session Attributes", "read-write");
            SetDefault(settings, "Host Recheck Seconds", 1);
        }

        SetDefault(settings, "Max Auto Prepare", 64);
        SetDefault(settings, "Auto Prepare Min Usages", 2);
        SetDefault(settings, "Timeout", 5);
        SetDefault(settings, "Command Timeout", 30);
        SetDefault(settings, "Cancellation Timeout", 500);
        SetDefault(settings, "Keepalive", 15);
        SetDefault(settings, "Tcp Keepalive", true); // a commit has no timeout; keepalives detect that its server has disappeared
        SetDefault(settings, "Tcp Keepalive Time", 15);
        SetDefault(settings, "Tcp Keepalive Interval", 5);
        SetDefault(settings, "No Reset On Close", true);
        SetDefault(settings, "Enlist", false); // a read within a TransactionScope would make the application's own transaction a distributed one
    }

    private static void SetDefault(NpgsqlConnectionStringBuilder settings, string keyword, object value)
    {
        if (!settings.ContainsKey(keyword) || !settings.ShouldSerialize(keyword))
        {
            settings[keyword] = value;
        }
    }
}
