using Messaging.Outbox.PostgreSql.Hosting;
using Messaging.Outbox.Sqlite.Connections;
using Messaging.Outbox.Sqlite.Hosting;
using System.Data.Common;
using Messaging.Outbox.Migrations;
using Messaging.Outbox.PostgreSql.Migrations;
using Messaging.Outbox.Sqlite.Migrations;
using Messaging.Outbox.Store;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Messaging.Outbox.Tests.Stores;

/// <summary>A store on a fresh, migrated database, with a look at its tables.</summary>
public abstract class StoreUnderTest : IAsyncDisposable
{
    internal abstract StoreSeams Store { get; }

    /// <summary>Reads by SQL of the application.</summary>
    internal IStoreReader Reader => new StoreReader(Store.Queries, Options.Create(new OutboxOptions { CommitTimeout = TimeSpan.FromSeconds(30) }));

    /// <summary>Reads by SQL of the library.</summary>
    internal OutboxReader Own => new(Store.Queries, Options.Create(new OutboxOptions { CommitTimeout = TimeSpan.FromSeconds(30) }));

    /// <summary>What a table of the outbox is called here.</summary>
    public string NameOf(string table) => Store.Dialect.Names.In($"messaging.{table}");

    /// <summary>Adds this store to an outbox.</summary>
    public abstract void Use(OutboxBuilder builder);

    public async Task<long> CountAsync(string table, string where = "1 = 1")
    {
        await using var connection = await OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM {table} WHERE {where}";
        return Convert.ToInt64(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = await OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Keeps every commit waiting until it is disposed of, as a stalled disk does; reading goes on.</summary>
    public async Task<IAsyncDisposable> HoldTasksAsync()
    {
        var connection = await OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = HoldSql;
        await command.ExecuteNonQueryAsync();
        return new Hold(connection);
    }

    public abstract ValueTask DisposeAsync();

    protected abstract string HoldSql { get; }

    public abstract Task<DbConnection> OpenAsync();

    private sealed class Hold(DbConnection connection) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await using (var command = connection.CreateCommand())
            {
                command.CommandText = "ROLLBACK";
                await command.ExecuteNonQueryAsync();
            }

            await connection.DisposeAsync();
        }
    }

    protected static async Task MigrateAsync(IDatabaseMigrator migrator, StoreUnderTest store)
    {
        await migrator.MigrateAsync(NullLogger.Instance, CancellationToken.None);
        await store.ExecuteAsync("CREATE TABLE things (name text NOT NULL PRIMARY KEY)");
    }
}

public sealed class SqliteUnderTest : StoreUnderTest
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _connectionString;
    private readonly SqliteDatabase _database;

    private SqliteUnderTest()
    {
        _connectionString = new SqliteConnectionStringBuilder { DataSource = _folder.File("test.db"), Pooling = false }.ConnectionString;
        _database = new SqliteDatabase(_connectionString, TableNames.Sqlite());
        Store = SqliteStore.Over(_database, TimeProvider.System);
    }

    internal override StoreSeams Store { get; }

    protected override string HoldSql => "BEGIN IMMEDIATE";

    /// <summary>A migrated database, made once: that takes longer than most tests.</summary>
    private static readonly Lazy<Task<byte[]>> Migrated = new(async () =>
    {
        await using var store = new SqliteUnderTest();
        await MigrateAsync(new SqliteMigrator(store._connectionString, TableNames.Sqlite()), store);
        return await File.ReadAllBytesAsync(store._folder.File("test.db"));
    });

    public static async Task<StoreUnderTest> CreateAsync()
    {
        var store = new SqliteUnderTest();
        await File.WriteAllBytesAsync(store._folder.File("test.db"), await Migrated.Value);
        return store;
    }

    public override void Use(OutboxBuilder builder) => builder.UseSqlite(_folder.File("test.db"));

    public override ValueTask DisposeAsync()
    {
        _database.Dispose();
        SqliteConnection.ClearAllPools();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    public override async Task<DbConnection> OpenAsync()
    {
        var connection = new SqliteConnection(_connectionString);
        await connection.OpenAsync();
        return connection;
    }
}

/// <summary>
/// With a schema and a prefix that are not the default ones. On the store's search path lie tables of the same names and of another shape: a statement of the
/// library that does not say which it means fails. What a test does by itself finds the outbox's tables by views. The store's role may change no table.
/// </summary>
public sealed class PostgresUnderTest : StoreUnderTest
{
    private const string Schema = "mq", Prefix = "x_", SearchPath = "decoys,public";

    private readonly TestDatabase _database;
    private readonly NpgsqlDataSource _source;
    private readonly NpgsqlDataSource _outside;
    private readonly string _connectionString;

    private PostgresUnderTest(TestDatabase database)
    {
        _database = database;
        _connectionString = new NpgsqlConnectionStringBuilder(database.Restricted) { SearchPath = SearchPath }.ConnectionString;
        _source = NpgsqlDataSource.Create(_connectionString);
        _outside = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString) { SearchPath = "public,outside" });
        Store = PostgresStore.Over(_source, TableNames.Postgres(Schema, Prefix), TimeSpan.FromSeconds(60));
    }

    internal override StoreSeams Store { get; }

    protected override string HoldSql => $"BEGIN; LOCK TABLE {NameOf("tasks")} IN EXCLUSIVE MODE";

    public static async Task<StoreUnderTest> CreateAsync()
    {
        var database = await Servers.CreateDatabaseAsync();
        var store = new PostgresUnderTest(database);
        var owner = new NpgsqlConnectionStringBuilder(database.ConnectionString) { SearchPath = SearchPath }.ConnectionString;
        await MigrateAsync(new PostgresMigrator(owner, store.Store.Dialect.Names), store);
        await store.ExecuteAsync(
            """
            CREATE SCHEMA decoys;
            CREATE SCHEMA outside;
            DO $$
            DECLARE
                name text;
            BEGIN
                FOR name IN SELECT substr(relname, 3) FROM pg_class WHERE relnamespace = 'mq'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition LOOP
                    EXECUTE format('CREATE TABLE decoys.%I (of_another_shape integer)', name);
                    EXECUTE format('CREATE VIEW outside.%I AS SELECT * FROM mq.%I', name, 'x_' || name);
                END LOOP;
            END $$;
            """);
        await database.RestrictAsync(Schema, "decoys", "public");
        return store;
    }

    public override void Use(OutboxBuilder builder) => builder.UsePostgreSql(_connectionString, schema: Schema, tablePrefix: Prefix);

    public override async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _outside.DisposeAsync();
        await _database.DisposeAsync();
    }

    public override async Task<DbConnection> OpenAsync() => await _outside.OpenConnectionAsync();
}

/// <summary>The same behind PgBouncer in transaction mode; what a test does by itself goes straight to the server.</summary>
public sealed class PgBouncerUnderTest : StoreUnderTest
{
    private readonly TestDatabase _database;
    private readonly NpgsqlDataSource _direct;
    private readonly NpgsqlDataSource _pooled;
    private readonly string _connectionString;

    private PgBouncerUnderTest(TestDatabase database)
    {
        _database = database;
        _connectionString = ThroughPgBouncer(database);
        _direct = NpgsqlDataSource.Create(database.Outside);
        _pooled = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(_connectionString) { NoResetOnClose = true });
        Store = PostgresStore.Over(_pooled, TableNames.Postgres(), TimeSpan.FromSeconds(60));
    }

    internal override StoreSeams Store { get; }

    protected override string HoldSql => "BEGIN; LOCK TABLE messaging.tasks IN EXCLUSIVE MODE";

    public static string ThroughPgBouncer(TestDatabase database) =>
        new NpgsqlConnectionStringBuilder(Servers.PgBouncer) { Database = database.Name }.ConnectionString;

    public static async Task<StoreUnderTest> CreateAsync()
    {
        _ = Servers.PgBouncer; // or it is skipped
        var store = new PgBouncerUnderTest(await Servers.CreateDatabaseAsync());
        await MigrateAsync(new PostgresMigrator(store._connectionString, TableNames.Postgres()), store);
        return store;
    }

    public override void Use(OutboxBuilder builder) => builder.UsePostgreSql(_connectionString, PostgresPooler.Transaction);

    public override async ValueTask DisposeAsync()
    {
        await _pooled.DisposeAsync();
        await _direct.DisposeAsync();
        await _database.DisposeAsync();
    }

    public override async Task<DbConnection> OpenAsync() => await _direct.OpenConnectionAsync();
}
