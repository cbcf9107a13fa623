using Messaging.Outbox.Migrations;
using Messaging.Outbox.PostgreSql.Connections;
using Messaging.Outbox.PostgreSql.Hosting;
using Messaging.Outbox.PostgreSql.Migrations;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Messaging.Outbox.Tests.PostgreSql;

/// <summary>A role with limits for its statements and transactions, which are meant for requests. Long work is done all the same.</summary>
public sealed class RoleLimitTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(500), Longer = TimeSpan.FromMilliseconds(1_500);

    private TestDatabase? _database;
    private NpgsqlDataSource? _limited;

    private StoreSeams Store => Over(_limited!);

    public async ValueTask InitializeAsync()
    {
        _database = await Servers.CreateDatabaseAsync();
        _limited = NpgsqlDataSource.Create(WithLimits(_database.Outside));
    }

    public async ValueTask DisposeAsync()
    {
        if (_limited is not null) // null when the test was skipped
        {
            await _limited.DisposeAsync();
            await _database!.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_partition_whose_index_takes_long_is_dropped()
    {
        await MigrateAsync();
        await AddAsync();
        await ExecuteAsync(
            """
            CREATE FUNCTION messaging.slow(state smallint) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM pg_sleep(0.8); RETURN state <> 3; END $$;
            CREATE OR REPLACE FUNCTION messaging.stays_after(parent text, moment timestamptz) RETURNS text LANGUAGE sql AS $$
                SELECT CASE parent WHEN 'tasks' THEN 'messaging.slow(state)' ELSE format('(consumed_at >= %L::timestamptz)', moment) END $$;
            """);

        await MaintainAsync(Store);

        Assert.Equal(0, await CountAsync("pg_class WHERE relname = 'tasks_first'"));
    }

    [Fact]
    public async Task A_partition_that_is_in_use_keeps_no_other_from_being_dropped()
    {
        await MigrateAsync();
        await AddAsync();
        await using (await HoldAsync("messaging.tasks_first", "ROW EXCLUSIVE"))
        {
            Assert.Contains(await MaintainAsync(Store), change => change is { Partition: "tasks_first", Action: PartitionAction.Postponed });
            Assert.Equal(0, await CountAsync("pg_class WHERE relname = 'inbox_first'"));
        }

        await MaintainAsync(Store);

        Assert.Equal(0, await CountAsync("pg_class WHERE relname = 'tasks_first'"));
    }

    [Fact]
    public async Task Limits_are_lifted_and_given_back()
    {
        await using var connection = await _limited!.OpenConnectionAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            Assert.Equal("0", await InAsync(connection, RoleLimits.LiftForWork));
        }

        Assert.Equal("500ms", await InAsync(connection, ""));
        Assert.Equal("0", await InAsync(connection, RoleLimits.LiftForSession));
        Assert.Equal("500ms", await InAsync(connection, RoleLimits.Restore));
    }

    [Fact]
    public async Task A_role_that_owns_no_table_drops_large_partitions()
    {
        await MigrateAsync();
        await AddAsync();
        await ExecuteAsync(
            """
            ALTER FUNCTION messaging.index_partition(text, text, timestamptz) RENAME TO index_quickly;
            CREATE FUNCTION messaging.index_partition(parent text, part text, ends_at timestamptz) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
                BEGIN PERFORM pg_sleep(5.5); PERFORM messaging.index_quickly(parent, part, ends_at); END $$;
            """);
        await _database!.RestrictAsync("messaging");
        await using var restricted = NpgsqlDataSource.Create(WithLimits(_database.Restricted));

        await MaintainAsync(Over(restricted));

        Assert.Equal(0, await CountAsync("pg_class WHERE relname = 'tasks_first'"));
    }

    [Fact]
    public async Task Rows_are_counted_however_long_it_takes()
    {
        await MigrateAsync();
        await using var holder = await HoldAsync("task_totals");

        var counting = Store.Figures.CountRowsAsync(default);
        await Task.WhenAny(counting, Task.Delay(Longer));
        await holder.DisposeAsync();

        Assert.All(await counting, difference => Assert.Equal(0, difference));
    }

    [Fact]
    public async Task The_turn_to_clean_up_is_kept_until_it_is_given_back()
    {
        await MigrateAsync();
        await using (await Store.Retention.TakeTurnToCleanUpAsync(default))
        {
            await Task.Delay(Longer);

            Assert.Null(await Store.Retention.TakeTurnToCleanUpAsync(default));
        }

        await using var next = await Store.Retention.TakeTurnToCleanUpAsync(default);
        Assert.NotNull(next);
    }

    [Fact]
    public async Task A_script_may_take_longer_than_the_role_s_statements()
    {
        await MigrateAsync();
        await ExecuteAsync(
            """
            ALTER TABLE messaging.bulk_actions DROP COLUMN size, DROP COLUMN failing_since, DROP COLUMN reason;
            DELETE FROM messaging.schema_versions WHERE scriptname LIKE '%.0040-%';
            """);

        await MigrateWhileHeldAsync("bulk_actions");

        Assert.Equal(1, await CountAsync("information_schema.columns WHERE table_schema = 'messaging' AND table_name = 'bulk_actions' AND column_name = 'size'"));
    }

    [Fact]
    public async Task Tables_are_moved_however_long_it_takes()
    {
        await FormerDatabase.CreateAsync(_database!);

        await MigrateWhileHeldAsync("schedules");

        Assert.Equal(1, await CountAsync("pg_tables WHERE schemaname = 'messaging' AND tablename = 'schedules'"));
    }

    private static StoreSeams Over(NpgsqlDataSource source) => PostgresStore.Over(source, TableNames.Postgres(), TimeSpan.FromSeconds(60));

    private static string WithLimits(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString)
    {
        Options = $"-c statement_timeout={Limit.TotalMilliseconds:0} -c idle_in_transaction_session_timeout={Limit.TotalMilliseconds:0}",
    }.ConnectionString;

    private Task MigrateAsync() =>
        new PostgresMigrator(WithLimits(_database!.ConnectionString), TableNames.Postgres()).MigrateAsync(NullLogger.Instance, default);

    private async Task MigrateWhileHeldAsync(string table)
    {
        await using var holder = await HoldAsync(table);
        var migrating = MigrateAsync();
        await Task.WhenAny(migrating, Task.Delay(Longer));
        await holder.DisposeAsync();
        await migrating;
    }

    private async Task AddAsync()
    {
        var message = Work.Message() with { TaskKind = "T" };
        await Store.Commits.CommitAsync([Work.With(message)], lockWait: null, default);
        await Store.Commits.CommitAsync([Work.With(new TaskOutcome(message.MessageId, TaskState.Succeeded, 1, DateTimeOffset.UtcNow))], lockWait: null, default);
    }

    private static Task<IReadOnlyList<PartitionChange>> MaintainAsync(StoreSeams store)
    {
        var later = DateTimeOffset.UtcNow.AddDays(9);
        var week = later.AddDays(-7);
        return store.Retention.MaintainPartitionsAsync(new Retention(week, week, week, week, week, week, week), later, default);
    }

    /// <summary>Keeps everybody else from reading a table.</summary>
    private async Task<NpgsqlConnection> HoldAsync(string table, string mode = "ACCESS EXCLUSIVE")
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_database!.Outside) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"BEGIN; LOCK TABLE {table} IN {mode} MODE", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    private static async Task<object?> InAsync(NpgsqlConnection connection, string lift)
    {
        await using var before = new NpgsqlCommand($"{lift};", connection);
        await before.ExecuteNonQueryAsync();
        await using var command = new NpgsqlCommand("SHOW statement_timeout", connection);
        return await command.ExecuteScalarAsync();
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(_database!.Outside);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<long> CountAsync(string from)
    {
        await using var source = NpgsqlDataSource.Create(_database!.Outside);
        await using var command = source.CreateCommand($"SELECT count(*) FROM {from}");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
