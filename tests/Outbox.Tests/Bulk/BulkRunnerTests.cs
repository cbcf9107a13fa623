using Messaging.Outbox.Bulk;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;

namespace Messaging.Outbox.Tests.Bulk;

public sealed class SqliteBulkRunnerTests : BulkRunnerTests
{
    protected override string RefuseMoreThan(int tasks) =>
        $"""
        CREATE TRIGGER refuse_many AFTER UPDATE ON {UnderTest.NameOf("tasks")}
        WHEN NEW.state = 8 AND (SELECT count(*) FROM {UnderTest.NameOf("tasks")} WHERE finished_at = NEW.finished_at) > {tasks}
        BEGIN SELECT RAISE(ABORT, 'too many'); END
        """;

    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresBulkRunnerTests : BulkRunnerTests
{
    /// <summary>By a deadlock, which the store reports as unavailable: somebody else would repeat it.</summary>
    protected override string RefuseMoreThan(int tasks) =>
        $"""
        CREATE FUNCTION public.refuse_many() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF (SELECT count(*) FROM {UnderTest.NameOf("tasks")} WHERE finished_at = NEW.finished_at) > {tasks} THEN
                RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01';
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

    [Fact]
    public async Task A_step_that_the_database_ends_each_time_fails_its_action()
    {
        await ManyTasks.AddAsync(UnderTest, 1_100);
        using var asked = new BulkProcess(UnderTest);
        var id = (await asked.AskAsync(CancelMany)).Started!.Id;
        await UnderTest.ExecuteAsync(RefuseMoreThan(0));
        await UnderTest.ExecuteAsync($"UPDATE {UnderTest.NameOf("bulk_actions")} SET failures = {BulkSteps.MaxFailures - 1}");

        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);

        await Eventually.True(async () => (await asked.FindAsync(id))!.State == BulkActionState.Failed, "it has failed");
        Assert.False(string.IsNullOrEmpty((await asked.FindAsync(id))!.Error));
        Assert.Equal(0, await UnderTest.CountAsync("tasks", "state = 8"));
    }

    [Fact]
    public async Task A_step_that_has_failed_is_tried_again_with_fewer()
    {
        await ManyTasks.AddAsync(UnderTest, 1_100);
        using var asked = new BulkProcess(UnderTest);
        var id = (await asked.AskAsync(CancelMany)).Started!.Id;
        await UnderTest.ExecuteAsync(RefuseMoreThan(120));

        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);

        await Eventually.True(async () => (await asked.FindAsync(id))!.State != BulkActionState.Running, "it has ended");
        Assert.Equal((BulkActionState.Done, 1_100L), ((await asked.FindAsync(id))!.State, (await asked.FindAsync(id))!.Changed));
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
    protected abstract string RefuseMoreThan(int tasks);
}
