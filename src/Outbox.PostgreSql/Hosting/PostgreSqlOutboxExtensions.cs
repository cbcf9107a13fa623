using Messaging.Outbox.PostgreSql.Connections;
using Messaging.Outbox.Migrations;
using Messaging.Outbox.PostgreSql.Hosting;
using Messaging.Outbox.PostgreSql.Migrations;
using Messaging.Outbox.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Messaging.Outbox;

/// <summary>Chooses PostgreSQL as the store.</summary>
public static class PostgreSqlOutboxExtensions
{
    /// <summary>Keeps the outbox, the inbox and the tasks in PostgreSQL 15 or newer.</summary>
    /// <param name="builder">The outbox.</param>
    /// <param name="connectionString">
    /// An Npgsql connection string. Statements are prepared automatically and connecting is given up after 5 s unless it
    /// says otherwise; whoever waits for a connection gives up by its own deadline. A connection is not reset when it goes back to the
    /// pool, which would be seven statements each time: whoever changes a session (SET without LOCAL, a temporary table, an advisory lock of
    /// the session) changes it for the next one as well.
    /// </param>
    /// <param name="pooler">What stands between the process and the server. With <see cref="PostgresPooler.Transaction"/> no statement is prepared.</param>
    /// <remarks>
    /// Several hosts (<c>Host=a,b</c>) are looked at again every second, and the one that can be written is taken, unless
    /// <c>Target Session Attributes</c> and <c>Host Recheck Seconds</c> say otherwise.
    /// </remarks>
    /// <param name="schema">
    /// The schema of the outbox's tables, which the migration creates: up to 31 of <c>a</c> to <c>z</c>, <c>0</c> to <c>9</c> and <c>_</c>. Another schema is
    /// another outbox.
    /// </param>
    /// <param name="tablePrefix">What the names of the tables begin with, of the same characters; nothing as a rule.</param>
    public static OutboxBuilder UsePostgreSql(
        this OutboxBuilder builder,
        string connectionString,
        PostgresPooler pooler = PostgresPooler.None,
        string schema = TableNames.DefaultSchema,
        string tablePrefix = "")
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

        if (pooler == PostgresPooler.Transaction)
        {
            settings.MaxAutoPrepare = 0;
            settings.NoResetOnClose = true; // DISCARD ALL would reach somebody else's session
            settings.KeepAlive = 0; // a query of its own; the pooler looks after its servers itself
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
        SetDefault(settings, "Tcp Keepalive", true); // a commit has no time limit; that its server has vanished is found out all the same
        SetDefault(settings, "Tcp Keepalive Time", 15);
        SetDefault(settings, "Tcp Keepalive Interval", 5);
        SetDefault(settings, "No Reset On Close", true);
        builder.Services.AddSingleton(_ => new PostgresDatabase(settings));
        StoreSeams.AddTo(builder.Services, provider => PostgresStore.Over(
            provider.GetRequiredService<PostgresDatabase>().Source,
            names,
            provider.GetRequiredService<IOptions<OutboxOptions>>().Value.SendTimeout + TimeSpan.FromSeconds(50)));
        builder.Services.AddSingleton<IDatabaseMigrator>(new PostgresMigrator(settings.ConnectionString, names));
        return builder;
    }

    private static void SetDefault(NpgsqlConnectionStringBuilder settings, string keyword, object value)
    {
        if (!settings.ContainsKey(keyword) || !settings.ShouldSerialize(keyword))
        {
            settings[keyword] = value;
        }
    }
}
