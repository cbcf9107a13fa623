using Messaging.Outbox.Figures;
using Messaging.Outbox.PostgreSql.Hosting;
using Messaging.Outbox.PostgreSql.Migrations;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Messaging.Outbox.Tests.PostgreSql;

/// <summary>Counting tasks where several processes write, read and migrate, and where partitions come and go.</summary>
public sealed class PostgresFigureTests : IAsyncLifetime
{
    private const string Uncounted =
        """
        DROP FUNCTION messaging.count_tasks() CASCADE;
        DROP TABLE messaging.task_deltas, messaging.task_counts, messaging.task_totals, messaging.reporter;
        DELETE FROM messaging.schema_versions WHERE scriptname LIKE '%0031%';
        """;

    private TestDatabase? _database;
    private NpgsqlDataSource? _source;

    private StoreSeams Store => PostgresStore.Over(_source!, TableNames.Postgres(), TimeSpan.FromSeconds(60));

    public async ValueTask InitializeAsync()
    {
        _database = await Servers.CreateDatabaseAsync();
        _source = NpgsqlDataSource.Create(_database.ConnectionString);
        await MigrateAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_source is not null) // null when the test was skipped
        {
            await _source.DisposeAsync();
            await _database!.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_migration_beside_writers_counts_each_task_once()
    {
        await ExecuteAsync(Uncounted);
        await WriteAsync(times: 20);
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await WriteAsync(times: 1);
            }
        })).ToList();

        await MigrateAsync();
        await stop.CancelAsync();
        await Task.WhenAll(writers);

        var figures = await ReadAsync(Guid.NewGuid());
        Assert.Equal((0L, await CountAsync("messaging.tasks"), await CountAsync("messaging.tasks WHERE state = 3")), (figures!.Balance, figures.Accepted, figures.Ended));
    }

    [Fact]
    public async Task Reporters_that_overlap_count_nothing_twice()
    {
        using var stop = new CancellationTokenSource();
        var reporters = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            var (holder, read) = (Guid.NewGuid(), 0);
            while (!stop.IsCancellationRequested)
            {
                if (await ReadAsync(holder) is { } figures)
                {
                    Assert.Equal(0, figures.Balance);
                    read++;
                }
            }

            return read;
        })).ToList();

        await WriteAsync(times: 100);
        await stop.CancelAsync();

        Assert.True((await Task.WhenAll(reporters)).Sum() > 3, "they took turns");
        Assert.Equal(await CountAsync("messaging.tasks"), (await ReadAsync(Guid.NewGuid()))!.Accepted);
    }

    [Fact]
    public async Task A_dropped_partition_leaves_the_balance_zero()
    {
        await WriteAsync(times: 10);
        var later = DateTimeOffset.UtcNow.AddDays(9);
        var before = later.AddDays(-7);

        var changes = await Store.Retention.MaintainPartitionsAsync(new Retention(before, before, before, before, before, before, before), later, default);

        Assert.Contains(changes, c => c is { Action: PartitionAction.Dropped, Rows: > 0 });
        var figures = await ReadAsync(Guid.NewGuid());
        Assert.Equal((20L, 10L, 0L), (figures!.Accepted, figures.Ended, figures.Balance));
        Assert.Equal(10, await CountAsync("messaging.tasks"));
    }

    [Fact]
    public async Task A_reading_that_waits_for_a_drop_counts_each_row_once()
    {
        await WriteAsync(times: 10);
        await using var find = _source!.CreateCommand("SELECT relname::text FROM pg_class WHERE oid = (SELECT tableoid FROM messaging.tasks LIMIT 1)");
        var part = (string)(await find.ExecuteScalarAsync())!;
        await using var dropping = await _source!.OpenConnectionAsync();
        await using (var drop = new NpgsqlCommand($"BEGIN; SELECT messaging.drop_partition('tasks', '{part}', now() + interval '1 day')", dropping))
        {
            await drop.ExecuteNonQueryAsync(); // the open tasks are in the default partition, and the lock is held
        }

        var reading = ReadAsync(Guid.NewGuid());
        await Eventually.True(async () => await CountAsync("pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())") == 1, "it waits");
        await using (var commit = new NpgsqlCommand("COMMIT", dropping))
        {
            await commit.ExecuteNonQueryAsync();
        }

        Assert.Equal(0, (await reading)!.Balance);
        Assert.Equal(10, await CountAsync("messaging.tasks_default"));
    }

    [Fact]
    public async Task A_partition_truncated_by_hand_is_found()
    {
        await WriteAsync(times: 10);
        Assert.Equal(0, (await ReadAsync(Guid.NewGuid()))!.Balance);

        await ExecuteAsync("TRUNCATE messaging.tasks");

        Assert.Equal(10, (await ReadAsync(Guid.NewGuid()))!.Balance);
    }

    private Task MigrateAsync() => new PostgresMigrator(_database!.ConnectionString, TableNames.Postgres()).MigrateAsync(NullLogger.Instance, default);

    /// <summary>Adds two tasks each time, of which one succeeds.</summary>
    private async Task WriteAsync(int times)
    {
        for (var i = 0; i < times; i++)
        {
            var (one, two) = (Work.Message() with { TaskKind = "T" }, Work.Message() with { TaskKind = "T" });
            await Store.Commits.CommitAsync([Work.With(one), Work.With(two)], lockWait: null, default);
            await Store.Commits.CommitAsync([Work.With(new TaskOutcome(one.MessageId, TaskState.Succeeded, 1, DateTimeOffset.UtcNow))], lockWait: null, default);
        }
    }

    private async Task<FigureSet?> ReadAsync(Guid holder)
    {
        var now = DateTimeOffset.UtcNow;
        var figures = await Store.Figures.ReadAsync(new FigureTurn(holder, Exports: true, TimeSpan.FromMilliseconds(1), await Store.Figures.CountRowsAsync(default), now, now), default);
        return figures is null ? null : new FigureSet(figures, now, new Dictionary<string, long>());
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
