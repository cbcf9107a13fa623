using Messaging.Outbox.PostgreSql.Connections;
using Messaging.Outbox.PostgreSql.Hosting;
using Messaging.Outbox.PostgreSql.Inbox;
using Messaging.Outbox.PostgreSql.Tasks;
using Messaging.Outbox.Migrations;
using Messaging.Outbox.PostgreSql.Migrations;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tests.Stores;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Messaging.Outbox.Tests.PostgreSql;

/// <summary>What the statements of PostgreSQL do to rows that are many, and to rows that somebody else is just changing.</summary>
public sealed class PostgresStatementTests : IAsyncLifetime
{
    private TestDatabase? _database;
    private NpgsqlDataSource? _source;

    public static TheoryData<string, string> StatementsThatFindRows => new()
    {
        { OutcomeSql.Update, "uuid[], smallint[], int[], timestamptz[], interval[], text[], text[], text[], smallint[], text[]" },
        { OutcomeSql.UpdateOfNoneCancelled, "uuid[], smallint[], int[], timestamptz[], interval[], text[], text[], text[], smallint[], text[]" },
        { PostgresRunningTasks.MarkRunning, "uuid[], int[], timestamptz[], text[], smallint[], text[]" },
        { LinkSql.CountDown, "uuid[]" },
        { LinkSql.MakeDue, "uuid[]" },
        { InboxSql.FindDone, "uuid[], uuid, uuid, uuid[], uuid, uuid" },
    };

    private NpgsqlDataSource Source => _source!;

    public async ValueTask InitializeAsync()
    {
        _database = await Servers.CreateDatabaseAsync();
        await new PostgresMigrator(_database.ConnectionString, TableNames.Postgres()).MigrateAsync(NullLogger.Instance, default);
        _source = NpgsqlDataSource.Create(_database.Outside);
    }

    public async ValueTask DisposeAsync()
    {
        if (_source is not null) // null when the test was skipped
        {
            await _source.DisposeAsync();
            await _database!.DisposeAsync();
        }
    }

    // Its plan is kept for as long as nobody analyzes the tables again: by then they may have millions of rows.
    [Theory]
    [MemberData(nameof(StatementsThatFindRows), DisableDiscoveryEnumeration = true)]
    public async Task A_plan_from_empty_tables_finds_rows_by_key(string sql, string types)
    {
        await using var connection = await Source.OpenConnectionAsync();
        foreach (var setUp in (string[])["ANALYZE", "BEGIN", QueryPlans.FindByKeys, $"PREPARE it ({types}) AS {sql}"])
        {
            await ExecuteAsync(connection, setUp);
        }

        var nothing = string.Join(", ", types.Split(", ").Select(type => type == "uuid" ? $"'{Guid.Empty}'" : "'{}'"));
        var plan = new List<string>();
        await using (var explain = new NpgsqlCommand($"EXPLAIN (COSTS OFF) EXECUTE it ({nothing})", connection))
        await using (var reader = await explain.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                plan.Add(reader.GetString(0));
            }
        }

        var indexes = plan.Index().Where(line => line.Item.Contains(" using ", StringComparison.Ordinal) || line.Item.Contains("Bitmap Index Scan", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(indexes);
        Assert.All(indexes, index => Assert.Contains("Index Cond:", plan[index.Index + 1], StringComparison.Ordinal));
        Assert.DoesNotContain(plan, line => line.Contains("Seq Scan", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_predecessors_that_end_at_once_start_their_successor()
    {
        var store = PostgresStore.Over(Source, TableNames.Postgres(), TimeSpan.FromSeconds(60));
        var (a, b, last) = (Work.Message() with { TaskKind = "T" }, Work.Message() with { TaskKind = "T" }, Work.Message());
        var work = Work.With(a);
        work.Add(b);
        work.Add(last with
        {
            TaskKind = "T",
            Options = new StagingOptions { Id = last.MessageId, Predecessors = [new() { Id = a.MessageId }, new() { Id = b.MessageId }] },
        });
        await store.Commits.CommitAsync([work], lockWait: null, default);

        await using var first = await Source.OpenConnectionAsync();
        await ExecuteAsync(first, "BEGIN");
        await ExecuteAsync(first, LinkSql.CountDown, TypedParameter.Parameter(new[] { a.MessageId }));
        var second = store.Commits.CommitAsync(
            [Work.With(new TaskOutcome(b.MessageId, TaskState.Succeeded, 1, DateTimeOffset.UtcNow) { HasSuccessors = true })], lockWait: null, default);
        await Eventually.True(
            async () => await CountAsync("pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") == 1, "the second waits for the first");
        await ExecuteAsync(first, "COMMIT");
        await second;

        Assert.Equal(1, await CountAsync("tasks WHERE state = 0 AND pending = 0 AND id = '" + last.MessageId + "'"));
        Assert.Equal(1, await CountAsync("outbox WHERE due_at <= now() AND message_id = '" + last.MessageId + "'"));
    }

    [Fact]
    public async Task A_row_due_long_before_others_is_claimed_after_a_poll()
    {
        var store = PostgresStore.Over(Source, TableNames.Postgres(), TimeSpan.FromSeconds(60));
        var (early, late) = (Work.Message(), Work.Message());
        await store.Commits.CommitAsync([Work.With(late)], lockWait: null, default);
        await using (var claim = await store.Outbox.ClaimAsync(100, settlements: null, default))
        {
            await claim.CompleteAsync([], [], default);
        }

        await store.Commits.CommitAsync([Work.With(early)], lockWait: null, default);
        await using (var age = Source.CreateCommand("UPDATE outbox SET due_at = now() - interval '1 minute'"))
        {
            await age.ExecuteNonQueryAsync();
        }

        Assert.InRange((await store.Outbox.UntilNextDueAsync(default))!.Value, TimeSpan.FromMinutes(-2), TimeSpan.FromSeconds(-59));
        await using var next = await store.Outbox.ClaimAsync(100, settlements: null, default);

        Assert.Equal(early.MessageId, Assert.Single(next.Messages).MessageId);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, params NpgsqlParameter[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(parameters);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<long> CountAsync(string from)
    {
        await using var command = Source.CreateCommand($"SELECT count(*) FROM {from}");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
