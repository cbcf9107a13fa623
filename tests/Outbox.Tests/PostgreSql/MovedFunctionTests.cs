using Messaging.Outbox.Figures;
using Messaging.Outbox.PostgreSql.Hosting;
using Messaging.Outbox.PostgreSql.Migrations;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Messaging.Outbox.Tests.PostgreSql;

/// <summary>The outbox's functions and triggers after its tables have moved out of <c>public</c>.</summary>
public sealed class MovedFunctionTests : IAsyncLifetime
{
    private const string Ours = "pg_proc WHERE pronamespace = 'public'::regnamespace";

    private TestDatabase? _database;
    private NpgsqlDataSource? _source;

    public async ValueTask InitializeAsync()
    {
        _database = await Servers.CreateDatabaseAsync();
        _source = NpgsqlDataSource.Create(_database.ConnectionString);
        await MigrateAsync(TableNames.Postgres("public"));
    }

    public async ValueTask DisposeAsync()
    {
        if (_source is not null) // null when the test was skipped
        {
            await _source.DisposeAsync();
            await _database!.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("messaging", "")]
    [InlineData("messaging", "x_")]
    [InlineData("public", "x_")]
    [InlineData("select", "x_")]
    public async Task Tasks_are_counted_and_partitions_change_after_a_move(string schema, string prefix)
    {
        var names = TableNames.Postgres(schema, prefix);
        await AddAsync(TableNames.Postgres("public"));

        await MigrateAsync(names);

        Assert.Equal(0, await CountAsync($"{Ours} AND NOT starts_with(proname, 'x_')"));
        Assert.Equal(3, await CountAsync(names.InScript("pg_trigger WHERE tgrelid = 'messaging.tasks'::regclass AND tgname IN ('/*prefix*/tasks_added', '/*prefix*/tasks_changed', '/*prefix*/tasks_deleted')")));
        await AddAsync(names);
        await DropsAndCreatesAsync(names);
        Assert.Equal((4L, 2L, 0L), await ReadAsync(names));
    }

    [Fact]
    public async Task Moving_twice_leaves_both_outboxes_working()
    {
        await MigrateAsync(TableNames.Postgres());
        await MigrateAsync(TableNames.Postgres("messaging", "x_")); // a second one: only what is in public moves

        foreach (var names in (TableNames[])[TableNames.Postgres(), TableNames.Postgres("messaging", "x_")])
        {
            await AddAsync(names);
            Assert.Equal((2L, 1L, 0L), await ReadAsync(names));
        }
    }

    [Theory]
    [InlineData("messaging", "")]
    [InlineData("public", "x_")]
    public async Task A_database_of_script_0029_in_public_is_moved_and_counted(string schema, string prefix)
    {
        await ExecuteAsync("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
        await FormerDatabase.CreateAsync(_database!, before: "0030");
        await ExecuteAsync("INSERT INTO public.tasks (id, kind) VALUES (gen_random_uuid(), 'T')");
        var names = TableNames.Postgres(schema, prefix);

        await MigrateAsync(names);
        await AddAsync(names);
        await DropsAndCreatesAsync(names);

        Assert.Equal((3L, 1L, 0L), await ReadAsync(names));
    }

    [Fact]
    public async Task Rights_and_functions_of_others_stay_as_they_are()
    {
        await ExecuteAsync(
            """
            CREATE FUNCTION public.count_tasks(mine int) RETURNS int LANGUAGE sql AS 'SELECT mine';
            GRANT EXECUTE ON FUNCTION public.drop_partition(text, text, timestamptz) TO pg_monitor;
            """);

        await MigrateAsync(TableNames.Postgres("messaging", "x_"));

        Assert.Equal(1, await CountAsync(Ours));
        Assert.Equal(1, await CountAsync("(SELECT 1 WHERE has_function_privilege('pg_monitor', 'messaging.x_drop_partition(text, text, timestamptz)', 'EXECUTE')) AS r"));
        Assert.Equal(0, await CountAsync("pg_proc WHERE pronamespace = 'messaging'::regnamespace AND proacl::text LIKE '{=%'"));
    }

    private static StoreSeams Over(NpgsqlDataSource source, TableNames names) => PostgresStore.Over(source, names, TimeSpan.FromSeconds(60));

    private Task MigrateAsync(TableNames names) => new PostgresMigrator(_database!.ConnectionString, names).MigrateAsync(NullLogger.Instance, default);

    /// <summary>Adds two tasks, of which one succeeds.</summary>
    private async Task AddAsync(TableNames names)
    {
        var (one, two) = (Work.Message() with { TaskKind = "T" }, Work.Message() with { TaskKind = "T" });
        var commits = Over(_source!, names).Commits;
        await commits.CommitAsync([Work.With(one), Work.With(two)], lockWait: null, default);
        await commits.CommitAsync([Work.With(new TaskOutcome(one.MessageId, TaskState.Succeeded, 1, DateTimeOffset.UtcNow))], lockWait: null, default);
    }

    private async Task DropsAndCreatesAsync(TableNames names)
    {
        var later = DateTimeOffset.UtcNow.AddDays(9);
        var before = later.AddDays(-7);
        var changes = await Over(_source!, names).Retention.MaintainPartitionsAsync(new Retention(before, before, before, before, before, before, before), later, default);
        Assert.Contains(changes, c => c.Action == PartitionAction.Dropped);
        Assert.Contains(changes, c => c.Action == PartitionAction.Created);
    }

    private async Task<(long? Accepted, long Ended, long? Balance)> ReadAsync(TableNames names)
    {
        var now = DateTimeOffset.UtcNow;
        var store = Over(_source!, names).Figures;
        var read = await store.ReadAsync(new FigureTurn(Guid.NewGuid(), Exports: true, TimeSpan.FromMilliseconds(1), await store.CountRowsAsync(default), now, now), default);
        var figures = new FigureSet(read!, now, new Dictionary<string, long>());
        return (figures.Accepted, figures.Ended, figures.Balance);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _source!.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<long> CountAsync(string from)
    {
        await using var command = _source!.CreateCommand($"SELECT count(*) FROM {from}");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
