using Messaging.Outbox.Migrations;
using Messaging.Outbox.Postgres;
using Messaging.Outbox.Sqlite;
using Messaging.Outbox.Store;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Messaging.Outbox;

/// <summary>Chooses the store of the outbox and its settings.</summary>
public sealed class OutboxBuilder
{
    internal OutboxBuilder(IServiceCollection services) => Services = services;

    /// <summary>For what belongs to the outbox and is a package of its own.</summary>
    public IServiceCollection Services { get; }

    /// <summary>
    /// Registers what a transport has for the outbox: an <see cref="IMessagePublisher"/>, an <see cref="IQueueTransport"/>, health checks. It goes when the
    /// bus is replaced by one on another transport, as MassTransit's test harness replaces it by one in memory.
    /// </summary>
    /// <param name="add">Adds the services.</param>
    public OutboxBuilder AddTransport(Action<IServiceCollection> add)
    {
        ArgumentNullException.ThrowIfNull(add);
        var before = Services.ToHashSet(ReferenceEqualityComparer.Instance);
        add(Services);
        Services.AddSingleton(new TransportServices([.. Services.Where(s => !before.Contains(s))]));
        return this;
    }

    /// <summary>Keeps the outbox, the inbox and the tasks in PostgreSQL 15 or newer.</summary>
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
    public OutboxBuilder UsePostgres(
        string connectionString, PostgresPooler pooler = PostgresPooler.None, string schema = TableNames.DefaultSchema, string tablePrefix = "")
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(tablePrefix);
        var names = TableNames.Postgres(schema, tablePrefix);
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        if (string.IsNullOrWhiteSpace(settings.Host))
        {
            throw new ArgumentException("UsePostgres needs a connection string with a Host; is its setting missing?", nameof(connectionString));
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
        SqlErrors.Know(PostgresDriverErrors.Instance);
        Services.AddSingleton(_ => new PostgresDatabase(settings));
        Services.AddSingleton<IOutboxStore>(provider => new PostgresStore(
            provider.GetRequiredService<PostgresDatabase>().Source,
            names,
            provider.GetRequiredService<IOptions<OutboxOptions>>().Value.SendTimeout + TimeSpan.FromSeconds(50)));
        Services.AddSingleton<IDatabaseMigrator>(new PostgresMigrator(settings.ConnectionString, names));
        return this;
    }

    /// <summary>Keeps the outbox, the inbox and the tasks in one SQLite file, which one process may use at a time.</summary>
    /// <param name="path">The file; it and its folder are created when they are missing.</param>
    /// <param name="tablePrefix">
    /// What the names of the outbox's tables begin with, where the file has tables of the same names: up to 31 of <c>a</c> to <c>z</c>, <c>0</c> to <c>9</c>
    /// and <c>_</c>; nothing as a rule.
    /// </param>
    public OutboxBuilder UseSqlite(string path, string tablePrefix = "")
    {
        ArgumentNullException.ThrowIfNull(tablePrefix);
        var names = TableNames.Sqlite(tablePrefix);
        var connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = Path.GetFullPath(path),
            DefaultTimeout = 5,
        }.ConnectionString;
        SqlErrors.Know(SqliteDriverErrors.Instance);
        Services.AddSingleton(_ => new SqliteDatabase(connectionString, names));
        Services.AddSingleton<IOutboxStore>(provider =>
            new SqliteStore(provider.GetRequiredService<SqliteDatabase>(), provider.GetRequiredService<TimeProvider>()));
        Services.AddSingleton<IDatabaseMigrator>(new SqliteMigrator(connectionString, names));
        return this;
    }

    /// <summary>Sets options in code; they can as well be bound with <c>services.AddOptions&lt;OutboxOptions&gt;()</c>.</summary>
    public OutboxBuilder Configure(Action<OutboxOptions> configure)
    {
        Services.Configure(configure);
        return this;
    }

    private static void SetDefault(NpgsqlConnectionStringBuilder settings, string keyword, object value)
    {
        if (!settings.ContainsKey(keyword) || !settings.ShouldSerialize(keyword))
        {
            settings[keyword] = value;
        }
    }
}
