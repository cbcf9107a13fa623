using Messaging.Outbox.DeadLetters;
using Messaging.Outbox.Figures;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tests.Stores;

namespace Messaging.Outbox.Tests.Figures;

/// <summary>Tasks are counted where their rows change, and one process at a time reads the figures.</summary>
public abstract class FigureStoreTests : OutboxStoreSuite
{
    private static readonly Guid Holder = Guid.NewGuid();

    [Fact]
    public async Task An_empty_store_is_balanced()
    {
        var figures = await ReadAsync();

        Assert.Equal((0, 0, 0), (figures.Accepted, figures.Ended, figures.Balance));
    }

    [Fact]
    public async Task Every_change_of_a_task_leaves_the_balance_zero()
    {
        var (succeeded, failed, retried, cancelled) = (await QueueTaskAsync(), await QueueTaskAsync(), await QueueTaskAsync(), await QueueTaskAsync());
        var waiting = await QueueTaskAsync(after: failed);
        Assert.Equal((5, 0, 0), (await ReadAsync()) is var first ? (first.Accepted, first.Ended, first.Balance) : default);

        await CommitAsync(Ended(succeeded, TaskState.Succeeded), Ended(failed, TaskState.Failed, hasSuccessors: true), Ended(retried, TaskState.Retrying));
        await UnderTest.ExecuteAsync($"UPDATE tasks SET state = 8 WHERE id = '{Id(cancelled)}'");
        var figures = await ReadAsync();

        Assert.Equal((5, 3, 0), (figures.Accepted, figures.Ended, figures.Balance));
        Assert.Equal((1, 1), (figures.Tasks(TaskState.Retrying), figures.Tasks(TaskState.Blocked)));

        await UnderTest.ExecuteAsync($"UPDATE tasks SET state = 0 WHERE id IN ('{Id(failed)}', '{Id(cancelled)}', '{Id(waiting)}')");
        figures = await ReadAsync();
        Assert.Equal((5, 1, 0, 3), (figures.Accepted, figures.Ended, figures.Balance, figures.Tasks(TaskState.Queued)));
    }

    [Fact]
    public async Task A_task_deleted_by_hand_is_missing_in_the_balance()
    {
        var (lost, _) = (await QueueTaskAsync(), await QueueTaskAsync());
        Assert.Equal(0, (await ReadAsync()).Balance);

        await UnderTest.ExecuteAsync($"DELETE FROM tasks WHERE id = '{Id(lost)}'");

        Assert.Equal(1, (await ReadAsync(countsRows: false)).Balance);
        Assert.Equal(1, (await ReadAsync()).Balance);
    }

    [Fact]
    public async Task Rows_that_vanish_without_a_trigger_are_found_when_rows_are_counted()
    {
        var (lost, _) = (await QueueTaskAsync(), await QueueTaskAsync());
        await DropTriggerOfDeletionAsync();
        await UnderTest.ExecuteAsync($"DELETE FROM tasks WHERE id = '{Id(lost)}'");

        Assert.Equal(0, (await ReadAsync(countsRows: false)).Balance);
        Assert.Equal(1, (await ReadAsync()).Balance);
        Assert.Equal(1, (await ReadAsync(countsRows: false)).Balance);
    }

    [Fact]
    public async Task An_ended_task_stays_counted_when_it_is_deleted()
    {
        var id = await QueueTaskAsync();
        await CommitAsync(Ended(id, TaskState.Succeeded));

        await UnderTest.ExecuteAsync($"DELETE FROM tasks WHERE id = '{Id(id)}'");
        var figures = await ReadAsync();

        Assert.Equal((1, 1, 0), (figures.Accepted, figures.Ended, figures.Balance));
    }

    [Fact]
    public async Task A_blocked_task_past_its_retention_ends_as_failed()
    {
        var failed = await QueueTaskAsync();
        var blocked = await QueueTaskAsync(after: failed);
        await CommitAsync(Ended(failed, TaskState.Failed, hasSuccessors: true));
        await ReadAsync();
        await UnderTest.ExecuteAsync("DELETE FROM task_counts");
        var later = DateTimeOffset.UtcNow.AddDays(1);
        var retention = new Retention(later, later, later, later, later, later, later);

        await using (var transaction = await Store.Commits.BeginAsync(default))
        {
            foreach (var (sql, parameters) in RetentionSql.Statements(retention, later, UnderTest.Store.Dialect))
            {
                await transaction.Own.ExecuteAsync(sql, default, parameters);
            }

            await transaction.CommitAsync(new StagedWork(), default);
        }

        Assert.Null(await FindTaskAsync(blocked));
        Assert.Equal((2, 2, 0), (await ReadAsync()) is var figures ? (figures.Accepted, figures.Ended, figures.Balance) : default);
        Assert.Equal(0, await UnderTest.CountAsync("task_counts", "failed <> 0")); // it did not fail in this minute
    }

    [Fact]
    public async Task A_blocked_task_deleted_by_a_former_version_ends_as_failed()
    {
        var failed = await QueueTaskAsync();
        var blocked = await QueueTaskAsync(after: failed);
        await CommitAsync(Ended(failed, TaskState.Failed, hasSuccessors: true));
        Assert.Equal(1, (await ReadAsync()).Tasks(TaskState.Blocked));

        await UnderTest.ExecuteAsync($"DELETE FROM tasks WHERE id = '{Id(blocked)}' AND attention = 7");
        var figures = await ReadAsync();

        Assert.Equal((2, 2, 0, 0), (figures.Accepted, figures.Ended, figures.Balance, figures.Tasks(TaskState.Blocked)));
    }

    [Fact]
    public async Task An_accepted_difference_makes_the_balance_zero()
    {
        var (lost, other) = (await QueueTaskAsync(), await QueueTaskAsync());
        await UnderTest.ExecuteAsync($"DELETE FROM tasks WHERE id = '{Id(lost)}'");
        Assert.Equal(1, (await ReadAsync()).Balance);

        await UnderTest.ExecuteAsync("INSERT INTO task_deltas (state, accepted, tasks, attempts) VALUES (-1, 0, 1, 0)");

        Assert.Equal((2, 0, 0), (await ReadAsync()) is var figures ? (figures.Accepted, figures.Ended, figures.Balance) : default);
        Assert.Equal(1, await UnderTest.CountAsync("task_totals", "state = -1 AND tasks = 1"));
        await UnderTest.ExecuteAsync($"DELETE FROM tasks WHERE id = '{Id(other)}'");
        Assert.Equal(1, (await ReadAsync()).Balance);
    }

    [Fact]
    public async Task Rows_are_counted_while_no_writer_can_commit()
    {
        await QueueTaskAsync();
        await using var hold = await UnderTest.HoldTasksAsync();

        Assert.All(await Store.Figures.CountRowsAsync(default), off => Assert.Equal(0, off));
    }

    [Fact]
    public async Task Dead_letters_of_no_known_queue_are_counted_as_unknown()
    {
        await AddQueueAsync("mail");
        await AddQueueAsync("quiet");
        for (var times = 0; times < 2; times++)
        {
            await AddUndeliverableAsync(queue: "mail");
            await AddUndeliverableAsync(queue: null); // an event
            await AddUndeliverableAsync(queue: "gone");
        }

        await AddUndeliverableAsync(queue: "another that is gone");
        await UnderTest.ExecuteAsync($"UPDATE dead_letters SET state = 2 WHERE id = '{Id(await AddUndeliverableAsync(queue: null))}'");

        Assert.Equal([(null, 5), ("mail", 2), ("quiet", 0)], (await ReadAsync()).ByQueue(FigureSql.DeadLetters).OrderBy(q => q.Queue, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Without_dead_letters_none_is_unknown() =>
        Assert.Equal([(null, 0)], (await ReadAsync()).ByQueue(FigureSql.DeadLetters));

    [Fact]
    public async Task Only_one_process_reads_until_its_lease_is_over()
    {
        var (other, third) = (Guid.NewGuid(), Guid.NewGuid());
        Assert.NotNull(await TurnAsync(Holder));

        Assert.Null(await TurnAsync(other));
        Assert.NotNull(await TurnAsync(Holder, holdFor: TimeSpan.FromMilliseconds(1)));
        await Task.Delay(20);
        Assert.NotNull(await TurnAsync(other));
        Assert.Null(await TurnAsync(third));
    }

    [Fact]
    public async Task A_lease_that_is_given_back_is_free_at_once()
    {
        var other = Guid.NewGuid();
        Assert.NotNull(await TurnAsync(Holder, holdFor: TimeSpan.FromMinutes(1)));

        await Store.Figures.ReleaseAsync(other, default);
        Assert.Null(await TurnAsync(other));
        await Store.Figures.ReleaseAsync(Holder, default);
        Assert.NotNull(await TurnAsync(other));
    }

    [Fact]
    public async Task A_process_that_exports_takes_over_from_one_that_does_not()
    {
        Assert.NotNull(await TurnAsync(Holder, exports: false));

        Assert.NotNull(await TurnAsync(Guid.NewGuid(), exports: true));
        Assert.Null(await TurnAsync(Holder, exports: false));
        Assert.Null(await TurnAsync(Guid.NewGuid(), exports: true));
    }

    [Fact]
    public async Task A_lease_of_a_wrong_clock_is_free()
    {
        await TurnAsync(Holder, holdFor: TimeSpan.FromDays(400));

        Assert.NotNull(await TurnAsync(Guid.NewGuid()));
    }

    [Fact]
    public async Task Counts_by_minute_and_queue_add_up()
    {
        var ids = new List<Guid>();
        for (var i = 0; i < 3; i++)
        {
            var message = Work.Message() with { TaskKind = "T", Queue = "mail" };
            ids.Add(message.MessageId);
            await CommitAsync(Work.With(message));
            await ReadAsync();
        }

        await CommitAsync(Ended(ids[0], TaskState.Succeeded), Ended(ids[1], TaskState.Failed));
        await ReadAsync();
        var rows = await Store.Queries.QueryAsync(
            "SELECT CAST(sum(accepted) AS bigint), CAST(sum(attempts) AS bigint), CAST(sum(succeeded) AS bigint), CAST(sum(failed) AS bigint), count(*) FROM messaging.task_counts WHERE queue = 'mail'",
            [],
            r => (r.GetInt64(0), r.GetInt64(1), r.GetInt64(2), r.GetInt64(3), Rows: r.GetInt64(4)),
            default);

        Assert.Equal((3, 2, 1, 1), (rows[0].Item1, rows[0].Item2, rows[0].Item3, rows[0].Item4));
        Assert.InRange(rows[0].Rows, 1, 2);
        Assert.Equal(0, await UnderTest.CountAsync("task_deltas"));
    }

    [Fact]
    public async Task Many_writers_never_unbalance_a_reading()
    {
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var ids = Enumerable.Range(0, 5).Select(_ => Guid.CreateVersion7()).ToArray();
                await CommitAsync([.. ids.Select(id => Work.With(Work.Message() with { TaskKind = "T", MessageId = id }))]);
                await CommitAsync(Ended(ids[0], TaskState.Succeeded), Ended(ids[1], TaskState.Failed), Ended(ids[2], TaskState.Retrying));
                await CommitAsync(Ended(ids[1], TaskState.Succeeded), Ended(ids[2], TaskState.Succeeded));
            }
        })).ToList();

        for (var i = 0; i < 40; i++)
        {
            var figures = await ReadAsync();
            Assert.Equal(0, figures.Balance);
        }

        await stop.CancelAsync();
        await Task.WhenAll(writers);
        var last = await ReadAsync();
        Assert.Equal(0, last.Balance);
        Assert.Equal(await UnderTest.CountAsync("tasks"), last.Accepted);
    }

    [Fact]
    public async Task What_only_gauges_show_is_read_only_if_somebody_listens()
    {
        await QueueTaskAsync();

        var unheard = (await TurnAsync(Holder, exports: false))!;
        var heard = (await TurnAsync(Holder, exports: true))!;

        Assert.Equal([FigureSql.Accepted, FigureSql.Off, FigureSql.Tasks], unheard.Select(f => f.Name).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal((1, 0), new FigureSet(unheard, DateTimeOffset.UtcNow, new Dictionary<string, long>()) is var set ? (set.Accepted, set.Balance) : default);
        Assert.Contains(heard, f => f.Name == FigureSql.Size);
        Assert.Contains(heard, f => f.Name == FigureSql.Due);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_row_that_its_consumers_have_is_counted_and_not_old(bool consumersSettle)
    {
        await AddQueueAsync("mail");
        await CommitAsync(Work.With(Work.Message() with { TaskKind = "T", Queue = "mail" }));
        await using var claim = await Store.Outbox.ClaimAsync(10, null, default);
        var now = DateTimeOffset.UtcNow.AddSeconds(5);

        var figures = await Store.Figures.ReadAsync(
            new FigureTurn(Holder, Exports: true, TimeSpan.FromSeconds(15), [], now, now.AddSeconds(-15)) { ConsumersSettle = consumersSettle }, default);

        var due = figures!.Single(f => f is { Name: FigureSql.Due, Of: "mail" });
        var isInMemory = consumersSettle && Store.Dialect.Names.Schema is null; // only then does a row show that it was claimed
        Assert.Equal((1L, isInMemory), (due.Amount, due.At is null));
    }

    private protected abstract Task DropTriggerOfDeletionAsync();

    private async Task AddQueueAsync(string name)
    {
        await using var transaction = await Store.Commits.BeginAsync(default);
        await transaction.Own.ExecuteAsync("INSERT INTO messaging.queues (name, message_types, updated_at) VALUES ($1, '[]', $2)", default, name, new StoreTime(DateTimeOffset.UtcNow));
        await transaction.CommitAsync(new StagedWork(), default);
    }

    private async Task<Guid> AddUndeliverableAsync(string? queue)
    {
        var message = new OutboxMessage
        {
            Id = 0, MessageId = Guid.CreateVersion7(), Attempts = 9, Queue = queue, Destination = "loopback://localhost/Messaging:UserRegistered?type=fanout",
            ContentType = "application/json", Metadata = """{"messageTypes":[]}""", Body = [1],
        };
        var work = new StagedWork();
        work.DeadLetters.Add(new DeadLetterFactory(new StoreClock(TimeProvider.System)).Create(message, "There is no exchange."));
        await CommitAsync(work);
        return work.DeadLetters[0].Id;
    }

    private protected string Id(Guid id) => Store.Dialect.Names.Schema is null ? id.ToString().ToUpperInvariant() : id.ToString();

    private protected static StagedWork Ended(Guid id, TaskState state, bool hasSuccessors = false) => Work.With(new TaskOutcome(id, state, 1, DateTimeOffset.UtcNow)
    {
        HasSuccessors = hasSuccessors,
        Queue = "mail",
        RetryDelay = state == TaskState.Retrying ? TimeSpan.FromMinutes(1) : null,
    });

    private protected Task<IReadOnlyList<Figure>?> TurnAsync(Guid holder, bool exports = true, TimeSpan? holdFor = null, IReadOnlyList<long>? off = null) => Store.Figures.ReadAsync(
        new FigureTurn(holder, exports, holdFor ?? TimeSpan.FromSeconds(15), off ?? [], DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddSeconds(-15)), default);

    private protected async Task<FigureSet> ReadAsync(bool countsRows = true) =>
        new((await TurnAsync(Holder, off: countsRows ? await Store.Figures.CountRowsAsync(default) : null))!, DateTimeOffset.UtcNow, new Dictionary<string, long>());
}

public sealed class SqliteFigureStoreTests : FigureStoreTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();

    private protected override Task DropTriggerOfDeletionAsync() => UnderTest.ExecuteAsync("DROP TRIGGER tasks_deleted");
}

public sealed class PostgresFigureStoreTests : FigureStoreTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();

    [Fact]
    public async Task What_was_counted_for_long_is_added_up_in_steps()
    {
        await UnderTest.ExecuteAsync(
            "INSERT INTO task_deltas (at, queue, state, accepted, tasks, attempts) SELECT now(), 'q', 0, 1, 1, 0 FROM generate_series(1, 250000)");

        await Store.Figures.CatchUpAsync(new FigureTurn(Guid.NewGuid(), Exports: false, TimeSpan.FromMilliseconds(1), [], DateTimeOffset.UtcNow, DateTimeOffset.UtcNow), default);

        Assert.Equal(0, await UnderTest.CountAsync("task_deltas"));
        Assert.Equal(250_000, (await ReadAsync(countsRows: false)).Accepted);
    }

    [Fact]
    public async Task Only_the_holder_of_the_lease_adds_up()
    {
        await QueueTaskAsync();
        await TurnAsync(Guid.NewGuid(), exports: true);
        await QueueTaskAsync();

        await Store.Figures.CatchUpAsync(new FigureTurn(Guid.NewGuid(), Exports: false, TimeSpan.FromSeconds(15), [], DateTimeOffset.UtcNow, DateTimeOffset.UtcNow), default);

        Assert.NotEqual(0, await UnderTest.CountAsync("task_deltas"));
    }

    private protected override Task DropTriggerOfDeletionAsync() => UnderTest.ExecuteAsync("DROP TRIGGER x_tasks_deleted ON mq.x_tasks");
}

public sealed class PgBouncerFigureStoreTests : FigureStoreTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PgBouncerUnderTest.CreateAsync();

    private protected override Task DropTriggerOfDeletionAsync() => UnderTest.ExecuteAsync("DROP TRIGGER tasks_deleted ON messaging.tasks");
}
