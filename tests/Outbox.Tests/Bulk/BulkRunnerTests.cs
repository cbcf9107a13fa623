using Messaging.Outbox.Bulk;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;

namespace Messaging.Outbox.Tests.Bulk;

public sealed class SqliteBulkRunnerTests : BulkRunnerTests
{
    private protected override string Later => "unixepoch('subsec') * 1000 + 50000";

    protected override string RefuseMoreThan(int tasks, string error) =>
        $"""
        CREATE TRIGGER refuse_many AFTER UPDATE ON {UnderTest.NameOf("tasks")}
        WHEN NEW.state = 8 AND (SELECT count(*) FROM {UnderTest.NameOf("tasks")} WHERE finished_at = NEW.finished_at) > {tasks}
        BEGIN SELECT RAISE(ABORT, 'too many'); END
        """;

    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresBulkRunnerTests : BulkRunnerTests
{
    private protected override string Later => "now() + interval '50 seconds'";

    protected override string RefuseMoreThan(int tasks, string error) =>
        $"""
        CREATE FUNCTION public.refuse_many() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF (SELECT count(*) FROM {UnderTest.NameOf("tasks")} WHERE finished_at = NEW.finished_at) > {tasks} THEN
                RAISE EXCEPTION 'too many' USING ERRCODE = '{error}';
            END IF;
            RETURN NULL;
        END $$;
        CREATE TRIGGER refuse_many AFTER UPDATE ON {UnderTest.NameOf("tasks")} FOR EACH ROW WHEN (NEW.state = 8) EXECUTE FUNCTION public.refuse_many()
        """;

    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>What a process does with actions that it cannot run.</summary>
public abstract class BulkRunnerTests : StoreSuite
{
    private static readonly BulkOrder CancelMany = BulkOrder.Of(BulkActionKind.Cancel, new TaskQuery { Kind = "Many" });

    /// <summary>A deadlock is reported as unavailable, since somebody else would repeat it; a check is refused each time.</summary>
    [Theory]
    [InlineData("40P01")]
    [InlineData("23514")]
    public async Task A_step_that_has_failed_is_tried_again_with_fewer(string error)
    {
        await ManyTasks.AddAsync(UnderTest, 1_100);
        using var asked = new BulkProcess(UnderTest);
        var id = (await asked.AskAsync(CancelMany)).Started!.Id;
        await UnderTest.ExecuteAsync(RefuseMoreThan(120, error));

        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);

        await Eventually.True(async () => (await asked.FindAsync(id))!.State != BulkActionState.Running, "it has ended");
        Assert.Equal((BulkActionState.Done, 1_100L), ((await asked.FindAsync(id))!.State, (await asked.FindAsync(id))!.Changed));
    }

    [Fact]
    public async Task A_task_that_is_refused_each_time_fails_the_action_by_name()
    {
        var ids = await ManyTasks.AddAsync(UnderTest, 1_100);
        using var asked = new BulkProcess(UnderTest);
        var id = (await asked.AskAsync(CancelMany)).Started!.Id;
        await UnderTest.ExecuteAsync(RefuseMoreThan(0, "23514"));

        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);

        await Eventually.True(async () => (await asked.FindAsync(id))!.State != BulkActionState.Running, "it has ended");
        var ended = (await asked.FindAsync(id))!;
        Assert.Equal(BulkActionState.Failed, ended.State);
        Assert.StartsWith($"The database refuses the change of task {ids.Max()}, and would each time.", ended.Error, StringComparison.Ordinal);
        Assert.Equal(0, await UnderTest.CountAsync("tasks", "state = 8"));
        Assert.Equal(1, await UnderTest.CountAsync("audit", "action = 'bulk-action.end' AND details LIKE '%\"state\":\"Failed\"%'"));
    }

    [Fact]
    public async Task Others_go_on_while_an_action_waits()
    {
        await ManyTasks.AddAsync(UnderTest, 1_100);
        await ManyTasks.AddAsync(UnderTest, 1_100, "Other");
        using var asked = new BulkProcess(UnderTest);
        var waits = (await asked.AskAsync(CancelMany)).Started!.Id;
        await asked.Steps.FailAsync((await asked.TakeAsync())!, asked.Holder, new BulkStepException(new TimeoutException("slow"), only: null), default);
        await UnderTest.ExecuteAsync($"UPDATE {UnderTest.NameOf("bulk_actions")} SET held_until = {Later}");
        var other = (await asked.AskAsync(BulkOrder.Of(BulkActionKind.Cancel, new TaskQuery { Kind = "Other" }))).Started!.Id;

        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);

        await Eventually.True(async () => (await asked.FindAsync(other))!.State == BulkActionState.Done, "the other one is done");
        var waiting = (await asked.FindAsync(waits))!;
        Assert.Equal((BulkActionState.Running, 0L, "TimeoutException: slow"), (waiting.State, waiting.Done, waiting.Error));
        Assert.NotNull(waiting.NextAttemptAt);
    }

    [Fact]
    public async Task An_action_with_an_unknown_condition_is_left_to_another_process()
    {
        await ManyTasks.AddAsync(UnderTest, 1_100);
        await ManyTasks.AddAsync(UnderTest, 1_100, "Known");
        using var asked = new BulkProcess(UnderTest);
        var newer = (await asked.AskAsync(CancelMany)).Started!.Id;
        await UnderTest.ExecuteAsync($$"""UPDATE {{UnderTest.NameOf("bulk_actions")}} SET filter = '{"kind":"Many","colour":"red"}'""");
        var known = (await asked.AskAsync(BulkOrder.Of(BulkActionKind.Cancel, new TaskQuery { Kind = "Known" }))).Started!.Id;

        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);

        await Eventually.True(async () => (await asked.FindAsync(known))!.State == BulkActionState.Done, "the other one is done");
        Assert.Equal((BulkActionState.Running, 0L), ((await asked.FindAsync(newer))!.State, (await asked.FindAsync(newer))!.Done));
        Assert.Equal(1, await UnderTest.CountAsync("bulk_actions", "state = 0 AND failures = 0 AND step = 0"));
    }

    /// <summary>SQL that refuses to cancel more tasks than this in one transaction.</summary>
    /// <param name="tasks">How many are not too many.</param>
    /// <param name="error">The SQLSTATE, on PostgreSQL.</param>
    protected abstract string RefuseMoreThan(int tasks, string error);

    /// <summary>SQL of a time 50 seconds from now: less than the longest pause.</summary>
    private protected abstract string Later { get; }
}
