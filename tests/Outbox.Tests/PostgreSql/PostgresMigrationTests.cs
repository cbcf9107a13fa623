using Messaging.Outbox.PostgreSql.Connections;
using Messaging.Outbox.PostgreSql.Hosting;
using Messaging.Outbox.Migrations;
using Messaging.Outbox.PostgreSql.Migrations;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Messaging.Outbox.Tests.PostgreSql;

/// <summary>What a migration does to a database that is new, is from before there was a schema, has somebody else's tables, or is just being migrated.</summary>
public sealed class PostgresMigrationTests : IAsyncLifetime
{
    // A table that is rewritten gets other files.
    private const string Files =
        "SELECT string_agg(relname || ' ' || relfilenode, ', ' ORDER BY relname) FROM pg_class WHERE relkind = 'r' AND relname LIKE 'inbox%' AND relnamespace = 'messaging'::regnamespace";

    private readonly LogCapture _logs = new() { Level = LogLevel.Information };

    private TestDatabase? _database;

    private TestDatabase Database => _database!;

    public async ValueTask InitializeAsync() => _database = await Servers.CreateDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        _logs.Dispose();
        if (_database is not null) // null when the test was skipped
        {
            await _database.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Many_concurrent_migrations_are_one(bool isMigrated)
    {
        if (isMigrated)
        {
            await MigrateAsync();
        }

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => MigrateAsync())));

        Assert.Equal(1, await CountAsync("messaging.schema_versions WHERE scriptname LIKE '%0001-outbox.sql'"));
        await Eventually.True(
            async () => await CountAsync("pg_stat_activity WHERE datname = current_database() AND application_name = 'migrator'") == 0, "no connection of a migrator is left");
        Assert.Equal(0, await CountAsync("pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"));
    }

    [Fact]
    public async Task A_waiting_migration_logs_it_and_respects_its_deadline()
    {
        await using var other = await TurnAsync(Database.ConnectionString);

        var refused = await Assert.ThrowsAsync<MigrationException>(() => MigrateAsync(longestWait: TimeSpan.FromMilliseconds(50)));

        Assert.StartsWith("Another process is still migrating this database after a wait of", refused.Message, StringComparison.Ordinal);
        Assert.Contains(_logs.Lines, line => line.StartsWith("Another process is migrating the database; waited for", StringComparison.Ordinal));
        Assert.Equal(0, await CountAsync("pg_namespace WHERE nspname = 'messaging'"));
    }

    [Fact]
    public async Task Whoever_waits_for_a_migration_delays_no_index_of_it()
    {
        await MigrateAsync();
        Task waiting;
        await using (await TurnAsync(Database.ConnectionString))
        {
            waiting = MigrateAsync();
            await Eventually.True(() => _logs.Lines.Any(line => line.Contains("is migrating the database", StringComparison.Ordinal)), "the second waits");
            await using var connection = new NpgsqlConnection($"{Database.ConnectionString};Pooling=false;Options=-c lock_timeout=10s");
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            for (var i = 0; i < 3; i++)
            {
                await using var build = new NpgsqlCommand($"CREATE INDEX CONCURRENTLY of_a_test_{i} ON messaging.audit (who)", connection);
                await build.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            }
        }

        await waiting;
    }

    [Fact]
    public async Task A_migration_that_dies_leaves_its_turn_to_the_next()
    {
        var dying = await TurnAsync($"{Database.ConnectionString};Application Name=dying");
        var waiting = MigrateAsync();
        await Eventually.True(() => _logs.Lines.Any(line => line.Contains("is migrating the database", StringComparison.Ordinal)), "the second waits");

        await ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'dying'");
        await waiting;

        Assert.Equal(1, await CountAsync("messaging.schema_versions WHERE scriptname LIKE '%0001-outbox.sql'"));
        await Record.ExceptionAsync(async () => await dying.DisposeAsync());
    }

    [Theory]
    [InlineData("messaging", "")]
    [InlineData("select", "x_")]
    [InlineData("public", "x_")]
    public async Task A_former_database_is_moved_with_all_its_rows_once(string schema, string prefix)
    {
        await FormerDatabase.CreateAsync(Database);
        var names = TableNames.Postgres(schema, prefix);
        await using (var source = NpgsqlDataSource.Create(Database.ConnectionString))
        {
            await using var insert = source.CreateCommand(
                """
                INSERT INTO public.outbox (due_at, message_id, destination, content_type, metadata, body)
                VALUES (now(), gen_random_uuid(), 'loopback://localhost/test', 'application/json', '{"messageTypes":[]}', '\x01');
                INSERT INTO public.tasks (id, kind) SELECT message_id, 'T' FROM public.outbox;
                INSERT INTO public.inbox (message_id, consumer_id) VALUES (gen_random_uuid(), gen_random_uuid());
                """);
            await insert.ExecuteNonQueryAsync();
        }

        var before = await RowsAsync("public", "");

        await MigrateAsync(names);
        await MigrateAsync(names);

        Assert.Equal(before, (await RowsAsync(schema, prefix)).Where(table => before.ContainsKey(table.Key)).ToDictionary()); // others are newer
        Assert.Equal(["schema_versions"], await TablesAsync("public", but: schema == "public" ? prefix : "-"));
        Assert.Single(_logs.Lines, line => line.StartsWith("Moved ", StringComparison.Ordinal));
        Assert.Equal(0, await CountAsync($"pg_class WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE '{prefix}%' AND relname NOT LIKE '%schema_versions%' AND relname NOT LIKE '%schema_versions_Id'"));
        await using var moved = NpgsqlDataSource.Create(Database.ConnectionString);
        var store = PostgresStore.Over(moved, names, TimeSpan.FromSeconds(60));
        await using var claim = await store.Outbox.ClaimAsync(10, settlements: null, default);
        Assert.Single(claim.Messages);
        Assert.All(await store.Retention.MaintainPartitionsAsync(Now(), DateTimeOffset.UtcNow, default), change => Assert.Equal(PartitionAction.Created, change.Action));
    }

    [Fact]
    public async Task A_move_that_meets_a_deadlock_begins_anew()
    {
        await FormerDatabase.CreateAsync(Database);
        await using var source = NpgsqlDataSource.Create(Database.Outside);
        await using var reader = await source.OpenConnectionAsync();
        await using var writer = await source.OpenConnectionAsync();
        await reader.ExecuteAsync("BEGIN; LOCK TABLE public.inbox IN ACCESS SHARE MODE", default);
        await writer.ExecuteAsync("SET deadlock_timeout = '1h'; BEGIN; LOCK TABLE public.outbox IN ROW EXCLUSIVE MODE", default); // the move is the one that is broken off
        var moving = MigrateAsync();
        await WaitersAsync(1);
        var writing = writer.ExecuteAsync("LOCK TABLE public.dead_letters IN ROW EXCLUSIVE MODE", default); // which is moved by then
        await WaitersAsync(2);

        await reader.ExecuteAsync("ROLLBACK", default);
        await writing;
        await writer.ExecuteAsync("COMMIT", default);
        await moving;

        Assert.Equal(["schema_versions"], await TablesAsync("public"));
        Assert.Single(_logs.Lines, line => line.StartsWith("Moved ", StringComparison.Ordinal));

        Task WaitersAsync(int count) => Eventually.True(
            async () => await CountAsync("pg_locks WHERE locktype = 'relation' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())") == count,
            $"{count} wait");
    }

    [Fact]
    public async Task New_columns_of_the_inbox_rewrite_no_row_and_block_no_writer()
    {
        await MigrateAsync();
        await ExecuteAsync(
            """
            ALTER TABLE messaging.inbox DROP COLUMN kind, DROP COLUMN step;
            DELETE FROM messaging.schema_versions WHERE scriptname LIKE '%0027-%';
            INSERT INTO messaging.inbox (message_id, consumer_id) SELECT gen_random_uuid(), gen_random_uuid() FROM generate_series(1, 1000);
            """);
        var before = await ScalarAsync(Files);
        await using var source = NpgsqlDataSource.Create(Database.Outside);
        await using var reader = await source.OpenConnectionAsync();
        await reader.ExecuteAsync("BEGIN; LOCK TABLE messaging.inbox IN ACCESS SHARE MODE", default);

        var migrating = MigrateAsync();
        await Eventually.True(() => _logs.Lines.Any(line => line.Contains("it tries again", StringComparison.Ordinal)), "the migration waits for the reader");
        await ExecuteAsync("INSERT INTO messaging.inbox (message_id, consumer_id) VALUES (gen_random_uuid(), gen_random_uuid())");
        await reader.ExecuteAsync("ROLLBACK", default);
        await migrating;

        Assert.Equal(1_001, await CountAsync("messaging.inbox WHERE kind IS NULL AND step IS NULL"));
        Assert.Equal(before, await ScalarAsync(Files));
    }

    [Fact]
    public async Task The_index_of_traces_of_a_large_partition_is_built_afterwards()
    {
        await MigrateAsync();
        await ExecuteAsync(
            """
            ALTER TABLE messaging.tasks DROP COLUMN trace_id, DROP COLUMN trace_recorded;
            DELETE FROM messaging.schema_versions WHERE scriptname LIKE '%0030-%';
            INSERT INTO messaging.tasks (id, kind) SELECT ('01a20000' || right(gen_random_uuid()::text, 28))::uuid, repeat('T', 200) FROM generate_series(1, 30000);
            """);

        await MigrateAsync();
        await MigrateAsync();

        Assert.Equal("Building the index of traces of tasks_first; nobody waits for it", Assert.Single(_logs.Lines, line => line.Contains("index of traces", StringComparison.Ordinal)));
        Assert.Equal(1, await CountAsync("pg_index WHERE indexrelid = 'messaging.tasks_trace'::regclass AND indisvalid")); // which it is when each partition has it
    }

    [Fact]
    public async Task An_index_of_traces_that_was_built_is_attached()
    {
        const string Built = "SELECT count(*) FROM pg_class WHERE oid = 'messaging.tasks_first_trace'::regclass AND oid = (SELECT max(id) FROM built)";
        await MigrateAsync();
        await ExecuteAsync(
            """
            DROP INDEX messaging.tasks_trace;
            CREATE INDEX tasks_trace ON ONLY messaging.tasks (trace_id, id) WHERE trace_recorded;
            CREATE INDEX tasks_first_trace ON messaging.tasks_first (trace_id, id) WHERE trace_recorded;
            CREATE INDEX tasks_low_trace ON messaging.tasks_low (trace_id, id) WHERE trace_recorded;
            UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'messaging.tasks_low_trace'::regclass;
            CREATE TABLE built AS SELECT 'messaging.tasks_first_trace'::regclass::oid AS id;
            """);

        await MigrateAsync();

        Assert.Equal(1, await CountAsync("pg_index WHERE indexrelid = 'messaging.tasks_trace'::regclass AND indisvalid"));
        Assert.Equal(1L, Convert.ToInt64(await ScalarAsync(Built), System.Globalization.CultureInfo.InvariantCulture)); // it was not built again
        Assert.Contains("Building the index of traces of tasks_low; nobody waits for it", _logs.Lines);
    }

    [Fact]
    public async Task The_index_of_the_audit_is_built_while_others_write()
    {
        const string Insert = "INSERT INTO messaging.audit (id, at, who, action, target) VALUES (gen_random_uuid(), now(), 'ann', 'queue.pause', 'mail')";
        await MigrateAsync();
        await ExecuteAsync("DROP INDEX messaging.audit_target");
        await using var source = NpgsqlDataSource.Create(Database.Outside);
        await using var writer = await source.OpenConnectionAsync();
        await writer.ExecuteAsync($"BEGIN; {Insert}", default);

        var migrating = MigrateAsync();
        await Eventually.True(IndexWaitsAsync, "the index waits for the writer");
        await ExecuteAsync($"SET lock_timeout = '1s'; {Insert}");
        await writer.ExecuteAsync("COMMIT", default);
        await migrating;
        await MigrateAsync();

        Assert.Equal(2, _logs.Lines.Count(line => line == "Building the index audit_target of the audit; nobody waits for it")); // of the first, and of the second; not of the third
        Assert.Equal(1, await CountAsync("pg_index WHERE indexrelid = 'messaging.audit_target'::regclass AND indisvalid"));
        Assert.Equal(2, await CountAsync("messaging.audit"));
    }

    [Fact]
    public async Task No_other_migration_waits_for_the_index_of_the_audit()
    {
        await MigrateAsync();
        await ExecuteAsync("DROP INDEX messaging.audit_target");
        await using var source = NpgsqlDataSource.Create(Database.Outside);
        await using var writer = await source.OpenConnectionAsync();
        await writer.ExecuteAsync("BEGIN; LOCK TABLE messaging.audit IN ROW EXCLUSIVE MODE", default);
        var migrating = MigrateAsync();
        await Eventually.True(IndexWaitsAsync, "the index waits for the writer");

        await MigrateAsync();

        Assert.False(migrating.IsCompleted);
        await writer.ExecuteAsync("COMMIT", default);
        await migrating;
        Assert.Equal(1, await CountAsync("pg_index WHERE indexrelid = 'messaging.audit_target'::regclass AND indisvalid"));
    }

    [Fact]
    public async Task A_transaction_that_stays_open_delays_no_migration()
    {
        await MigrateAsync();
        await ExecuteAsync("DROP INDEX messaging.audit_target");
        await using var source = NpgsqlDataSource.Create(Database.Outside);
        await using var backup = await source.OpenConnectionAsync();
        await backup.ExecuteAsync("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM messaging.tasks", default);

        await MigrateAsync(longestWaitOfIndex: TimeSpan.FromMilliseconds(100));

        Assert.Contains(_logs.Lines, line => line.StartsWith("An index of the audit is not built yet: another transaction has been open", StringComparison.Ordinal));
        Assert.Equal(0, await CountAsync("pg_index WHERE indexrelid = 'messaging.audit_target'::regclass AND indisvalid"));
        await backup.ExecuteAsync("COMMIT", default);
        await MigrateAsync();
        Assert.Equal(1, await CountAsync("pg_index WHERE indexrelid = 'messaging.audit_target'::regclass AND indisvalid"));
    }

    [Fact]
    public async Task The_indexes_of_dead_letters_are_built_after_the_scripts()
    {
        await MigrateAsync();
        await ExecuteAsync(
            """
            DROP INDEX messaging.dead_letters_waiting;
            CREATE INDEX dead_letters_group ON messaging.dead_letters (group_id, id) WHERE state = 0;
            """);
        await using var source = NpgsqlDataSource.Create(Database.Outside);
        await using var writer = await source.OpenConnectionAsync();
        await writer.ExecuteAsync("BEGIN; LOCK TABLE messaging.dead_letters IN ROW EXCLUSIVE MODE", default);

        var migrating = MigrateAsync();
        await Eventually.True(IndexWaitsAsync, "the index waits for the writer");
        await ExecuteAsync("SET lock_timeout = '1s'; BEGIN; LOCK TABLE messaging.dead_letters IN ROW EXCLUSIVE MODE; COMMIT");
        await writer.ExecuteAsync("COMMIT", default);
        await migrating;

        Assert.Contains("Building the index dead_letters_waiting of dead letters; nobody waits for it", _logs.Lines);
        Assert.Equal(2, await CountAsync("pg_index WHERE indexrelid IN ('messaging.dead_letters_waiting'::regclass, 'messaging.dead_letters_ended'::regclass) AND indisvalid"));
        Assert.Equal(0, await CountAsync("pg_class WHERE relname = 'dead_letters_group'"));
    }

    [Fact]
    public async Task An_interrupted_index_of_the_audit_is_built_again()
    {
        await MigrateAsync();
        await ExecuteAsync("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'messaging.audit_target'::regclass");

        await MigrateAsync();

        Assert.Equal(1, await CountAsync("pg_index WHERE indexrelid = 'messaging.audit_target'::regclass AND indisvalid"));
        Assert.Equal(0, await CountAsync("pg_class WHERE relname = 'audit_pauses'"));
    }

    [Fact]
    public async Task A_process_of_the_former_version_fails_after_the_move()
    {
        await FormerDatabase.CreateAsync(Database);
        await using var source = NpgsqlDataSource.Create(Database.ConnectionString);
        var former = PostgresStore.Over(source, TableNames.Postgres("public"), TimeSpan.FromSeconds(60));

        await MigrateAsync();
        await FormerDatabase.CreateAsync(Database);

        Assert.Contains("run the migration", PostgresErrors.Describe(await Assert.ThrowsAsync<PostgresException>(() => former.Health.PingAsync(default))), StringComparison.Ordinal);
        await Assert.ThrowsAsync<PostgresException>(() => former.Commits.CommitAsync([Work.With(Work.Message())], lockWait: null, default));
        Assert.Equal(["schema_versions"], await TablesAsync("public"));
    }

    [Theory]
    [InlineData("CREATE SCHEMA messaging; CREATE TABLE messaging.tasks (id int, title text)", "messaging.tasks", "id, title")]
    [InlineData("CREATE SCHEMA messaging; CREATE VIEW messaging.audit AS SELECT 1 AS one", "messaging.audit", "one")]
    [InlineData("CREATE SCHEMA messaging; CREATE TABLE messaging.schema_versions (version int)", "messaging.schema_versions", "version")]
    public async Task A_foreign_table_is_named_before_anything_is_changed(string create, string table, string columns)
    {
        await ExecuteAsync(create);

        var refused = await Assert.ThrowsAsync<MigrationException>(() => MigrateAsync());

        Assert.StartsWith($"The table {table} exists and does not belong to the outbox (its columns are {columns}): set another schema or prefix, UsePostgreSql(", refused.Message, StringComparison.Ordinal);
        Assert.Single(await TablesAsync("messaging"));
        await MigrateAsync(TableNames.Postgres("messaging", "x_"));
    }

    [Fact]
    public async Task Tables_of_an_application_in_public_stay_as_they_are()
    {
        await ExecuteAsync("CREATE TABLE tasks (id int, title text); CREATE TABLE outbox (id int); INSERT INTO tasks VALUES (1, 'mine')");

        await MigrateAsync();

        Assert.Equal(1, await CountAsync("public.tasks WHERE title = 'mine'"));
        Assert.Equal(["outbox", "tasks"], await TablesAsync("public"));
        Assert.DoesNotContain(_logs.Lines, line => line.StartsWith("Moved ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_outboxes_have_a_schema_each_or_a_prefix_each()
    {
        TableNames[] all = [TableNames.Postgres(), TableNames.Postgres("other"), TableNames.Postgres("other", "a_"), TableNames.Postgres("other", "b_")];
        await using var source = NpgsqlDataSource.Create(Database.ConnectionString);
        foreach (var names in all)
        {
            await MigrateAsync(names);
            await PostgresStore.Over(source, names, TimeSpan.FromSeconds(60)).Commits.CommitAsync([Work.With(Work.Message())], lockWait: null, default);
        }

        foreach (var names in all)
        {
            Assert.Equal(1, await CountAsync(names.In("messaging.outbox")));
        }
    }

    private static Retention Now()
    {
        var week = DateTimeOffset.UtcNow.AddDays(-7);
        return new Retention(week, week, week, week, week, week, week);
    }

    private Task<MigrationTurn> TurnAsync(string connectionString) => MigrationTurn.TakeAsync(NpgsqlDataSource.Create(connectionString), TimeSpan.Zero, _logs, default);

    private Task MigrateAsync(TableNames? names = null, TimeSpan? longestWait = null, TimeSpan? longestWaitOfIndex = null) =>
        new PostgresMigrator($"{Database.ConnectionString};Application Name=migrator", names ?? TableNames.Postgres())
        {
            LongestWait = longestWait ?? TimeSpan.FromMinutes(5),
            LongestWaitOfIndex = longestWaitOfIndex ?? TimeSpan.FromMinutes(5),
        }.MigrateAsync(_logs, default);

    private async Task<bool> IndexWaitsAsync() =>
        await CountAsync("pg_stat_activity WHERE datname = current_database() AND query LIKE 'CREATE INDEX CONCURRENTLY%' AND wait_event_type = 'Lock'") == 1;

    /// <summary>All rows of all tables but the journals, as text, by the name of the table without its prefix.</summary>
    private async Task<Dictionary<string, string>> RowsAsync(string schema, string prefix)
    {
        var rows = new Dictionary<string, string>();
        foreach (var table in (await TablesAsync(schema, only: prefix)).Where(t => !t.EndsWith("schema_versions", StringComparison.Ordinal)))
        {
            rows[table[prefix.Length..]] = $"{await ScalarAsync($"SELECT string_agg(r.row, '; ' ORDER BY r.row) FROM (SELECT (to_jsonb(t) - 'kind' - 'step' - 'trace_id' - 'trace_recorded' - 'run_again_of')::text AS row FROM \"{schema}\".\"{table}\" AS t) AS r")}";
        }

        Assert.Contains("tasks", rows);
        return rows;
    }

    private async Task<List<string>> TablesAsync(string schema, string only = "", string but = "-")
    {
        await using var source = NpgsqlDataSource.Create(Database.ConnectionString);
        await using var command = source.CreateCommand(
            "SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relkind IN ('r', 'p', 'v') AND NOT relispartition AND starts_with(relname, $2) AND NOT starts_with(relname, $3) ORDER BY 1");
        foreach (var value in (string[])[$"\"{schema}\"", only, but])
        {
            command.Parameters.Add(TypedParameter.Parameter(value));
        }

        return await command.ReadAllAsync(reader => reader.GetString(0), default);
    }

    private async Task<long> CountAsync(string from) => (long)(await ScalarAsync($"SELECT count(*) FROM {from}"))!;

    private async Task ExecuteAsync(string sql) => _ = await ScalarAsync(sql);

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Database.ConnectionString) { Pooling = false, SearchPath = "public" }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
