using Messaging.Outbox.Inbox;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Tests.Stores;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Tests.Reasons;

public sealed class SqliteWayReasonTests : WayReasonTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresWayReasonTests : WayReasonTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>What holds up a task on its way from its row over a broker to its consumer.</summary>
public abstract class WayReasonTests : WorldSuite
{
    [Fact]
    public async Task An_unavailable_broker_is_said_with_its_problem_and_time()
    {
        await World.ReportAsync();
        await UnderTest.ExecuteAsync($"UPDATE {UnderTest.NameOf("queues")} SET paused = 1");
        var id = await World.AddAsync();
        World.Problem = new BrokerProblem("The broker is unavailable: ConnectionRefused.", TimeSpan.FromMinutes(3));

        var reason = await World.WhyAsync(id);

        Assert.Equal(TaskReasonCode.BrokerUnavailable, reason.Code);
        Assert.Matches(
            "^The broker is unavailable: ConnectionRefused: process .* has seen that since .* UTC; 1 message of queue mail waits in the outbox. Besides, queue mail is paused.$", reason.Message);
        Assert.InRange(reason.Since!.Value, World.Time.GetUtcNow().AddMinutes(-4), World.Time.GetUtcNow().AddMinutes(-2));
    }

    [Fact]
    public async Task A_bus_that_is_not_connected_is_said_without_a_time()
    {
        await World.ReportAsync();
        var id = await World.AddAsync();
        World.IsUp = false;

        var reason = await World.WhyAsync(id);

        Assert.Equal((TaskReasonCode.BrokerUnavailable, null), (reason.Code, reason.Since));
        Assert.Matches("^Process .* does not reach the broker; 1 message of queue mail waits in the outbox.$", reason.Message);
    }

    [Fact]
    public async Task A_message_that_the_broker_refused_is_said_with_its_next_try()
    {
        await World.ReportAsync();
        var id = await World.AddAsync();
        await World.DispatchAsync(message => new SendFailure(message, TimeSpan.FromMinutes(5), "TimeoutException: no confirmation"));

        var reason = await World.WhyAsync(id);

        Assert.Equal(TaskReasonCode.BrokerUnavailable, reason.Code);
        Assert.Matches("^The broker did not take its message: TimeoutException: no confirmation. It was tried 1 time, is tried again in .*, at .* UTC.$", reason.Message);
        Assert.NotNull(reason.Until);
    }

    [Fact]
    public async Task A_paused_queue_counts_what_the_broker_has_too()
    {
        await World.ReportAsync();
        var id = await World.AddAsync();
        await World.DispatchAsync();
        World.Ready["mail"] = 41;
        await UnderTest.ExecuteAsync($"UPDATE {UnderTest.NameOf("queues")} SET paused = 1");

        var reason = await World.WhyAsync(id);

        Assert.Equal((TaskReasonCode.QueuePaused, "Queue mail is paused; 41 messages wait in it."), (reason.Code, reason.Message));
    }

    [Fact]
    public async Task A_queue_without_a_worker_says_when_one_was_last_there()
    {
        await World.ReportAsync(consumes: false);
        var id = await World.AddAsync();
        await World.DispatchAsync();

        var reason = await World.WhyAsync(id);

        Assert.Equal(TaskReasonCode.NoWorker, reason.Code);
        Assert.Matches("^No process that is alive consumes queue mail; one last reported it at about .* UTC; 0 messages wait in it.$", reason.Message);
        Assert.Equal("Start a worker that has queue mail.", reason.Advice);
    }

    [Fact]
    public async Task A_queue_that_nobody_has_reported_has_no_worker()
    {
        await World.ReportAsync();
        var id = await World.AddAsync("new");
        await World.DispatchAsync();

        var reason = await World.WhyAsync(id);

        Assert.Equal((TaskReasonCode.NoWorker, "No process that is alive consumes queue new, and none has reported it yet."), (reason.Code, reason.Message));
    }

    [Fact]
    public async Task A_worker_that_died_does_not_count_as_one()
    {
        await World.ReportAsync();
        var id = await World.AddAsync();
        await World.DispatchAsync();
        World.Pass(TimeSpan.FromMinutes(1));

        Assert.Equal(TaskReasonCode.NoWorker, (await World.WhyAsync(id)).Code);
    }

    [Fact]
    public async Task Messages_that_workers_have_in_advance_count_as_in_flight()
    {
        await World.ReportAsync(slots: 16, inFlight: 20);
        await World.ReportAsync("w:2", slots: 16, inFlight: 16);
        var id = await World.AddAsync();
        await World.DispatchAsync();
        World.Ready["mail"] = 7;

        var reason = await World.WhyAsync(id);

        Assert.Equal(
            (TaskReasonCode.ConcurrencyLimit, "The limit of queue mail is reached: 36 in flight for 32 slots in 2 processes; 7 messages wait in it."), (reason.Code, reason.Message));
    }

    [Fact]
    public async Task A_rate_limit_that_is_not_reached_is_no_reason()
    {
        await World.ReportAsync(rate: 4, inFlight: 1);
        await UnderTest.ExecuteAsync($"UPDATE {UnderTest.NameOf("queues")} SET rate_limit = 20");
        var id = await World.AddAsync();
        await World.DispatchAsync();
        World.Ready["mail"] = 3;

        var reason = await World.WhyAsync(id);

        Assert.Equal(TaskReasonCode.BehindOthers, reason.Code);
        Assert.Matches(
            "^The broker has confirmed its message, at the latest at .* UTC, and 3 messages of queue mail are ready at the broker; queue mail has 1 of 16 in flight in 1 process.$", reason.Message);
    }

    [Fact]
    public async Task A_rate_limit_that_is_reached_is_the_reason()
    {
        await World.ReportAsync(rate: 19.6, inFlight: 1);
        await UnderTest.ExecuteAsync($"UPDATE {UnderTest.NameOf("queues")} SET rate_limit = 20");
        var id = await World.AddAsync();
        await World.DispatchAsync();
        World.Ready["mail"] = 3;

        Assert.Equal(
            "Queue mail is limited to 20 messages a second, and its workers did 19.6 in their last interval; 3 messages wait in it.", (await World.WhyAsync(id)).Message);
    }

    [Fact]
    public async Task Rows_that_were_due_before_it_are_counted()
    {
        await World.ReportAsync();
        for (var i = 0; i < 3; i++)
        {
            await World.AddAsync();
            await Task.Delay(2); // SQLite's times are milliseconds
        }

        var id = await World.AddAsync();

        var reason = await World.WhyAsync(id);

        Assert.Equal(TaskReasonCode.BehindOthers, reason.Code);
        Assert.Matches("^It has been due since .* UTC, and 3 messages of queue mail were due before it; queue mail has 0 of 16 in flight in 1 process.$", reason.Message);
    }

    [Fact]
    public async Task The_first_row_waits_for_its_dispatch()
    {
        await World.ReportAsync();
        var id = await World.AddAsync();

        var reason = await World.WhyAsync(id);

        Assert.Equal(TaskReasonCode.AwaitsDispatch, reason.Code);
        Assert.Matches("^It has been due since .* UTC, and its row waits to be dispatched: 1 process dispatches.$", reason.Message);
    }

    [Fact]
    public async Task A_message_at_the_broker_says_that_nothing_holds_it_up()
    {
        await World.ReportAsync(inFlight: 3);
        var id = await World.AddAsync();
        await World.DispatchAsync();

        var reason = await World.WhyAsync(id);

        Assert.Equal(TaskReasonCode.AtBroker, reason.Code);
        Assert.Matches("^The broker has confirmed its message, at the latest at .* UTC; queue mail has 3 of 16 in flight in 1 process.$", reason.Message);
        Assert.NotNull(reason.Since);
    }

    [Fact]
    public async Task A_message_that_nobody_has_any_more_is_lost()
    {
        await World.ReportAsync();
        var id = await World.AddAsync();
        await World.DispatchAsync();
        Assert.Equal(TaskReasonCode.AtBroker, (await World.WhyAsync(id)).Code);
        World.Pass(TimeSpan.FromMinutes(1));
        await World.ReportAsync();

        var reason = await World.WhyAsync(id);

        Assert.Equal(TaskReasonCode.Lost, reason.Code);
        Assert.Matches("and it is not seen any more: queue mail has no ready message, and its workers had none in flight at .* UTC. The recovery looks for it at .* UTC, and sends it again", reason.Message);
        Assert.InRange(reason.Until!.Value, World.Time.GetUtcNow().AddMinutes(8), World.Time.GetUtcNow().AddMinutes(10));
    }

    [Fact]
    public async Task A_running_task_whose_worker_is_gone_says_both()
    {
        await World.ReportAsync();
        var id = await World.AddAsync();
        await World.DispatchAsync();
        World.Ready["mail"] = 1;
        await UnderTest.Store.Running.MarkRunningAsync([new RunningTask(id, 2, World.Time.GetUtcNow())], "dead:1", default);

        var reason = await World.WhyAsync(id);

        Assert.Equal((TaskReasonCode.BehindOthers, TaskState.Running), (reason.Code, reason.State));
        Assert.StartsWith("Attempt 2 was running on dead:1, which is not alive any more. The broker has confirmed its message", reason.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_running_task_tells_its_progress()
    {
        await World.ReportAsync();
        var id = await World.AddAsync();
        await World.DispatchAsync();
        await UnderTest.Store.Running.MarkRunningAsync([new RunningTask(id, 1, World.Time.GetUtcNow(), 40, "4 of 10")], "w:1", default);

        var reason = await World.WhyAsync(id);

        Assert.Equal(TaskReasonCode.Running, reason.Code);
        Assert.EndsWith("; it has reported 40 % (4 of 10).", reason.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_quarantined_task_says_when_its_isolated_execution_began()
    {
        await World.ReportAsync();
        var id = await World.AddAsync();
        await World.DispatchAsync();
        await World.CommitAsync(Work.With(new InboxKey(id, Guid.NewGuid()) { Kind = InboxKind.Isolated }));

        var reason = await World.WhyAsync(id);

        Assert.Equal(TaskReasonCode.Quarantined, reason.Code);
        Assert.Matches("^It is quarantined, because .*: its one isolated execution began at .* UTC and has no outcome yet.$", reason.Message);

        await Task.Delay(2);
        await World.CommitAsync(Work.With(new InboxKey(id, Guid.NewGuid()) { Kind = InboxKind.Deferred }));
        Assert.NotEqual(TaskReasonCode.Quarantined, (await World.WhyAsync(id)).Code);
    }

    [Fact]
    public async Task A_shared_task_is_examined_where_a_consumer_is_missing()
    {
        await World.ReportAsync(queue: "bill");
        await World.ReportAsync(queue: "ship", consumes: false);
        var id = await World.AddAsync("bill");
        await World.DispatchAsync();
        await UnderTest.ExecuteAsync(
            $"INSERT INTO {UnderTest.NameOf("task_consumers")} (task_id, consumer_id, queue, failed, expected, ended_at) SELECT id, id, 'bill', 0, 'bill;ship', created_at FROM {UnderTest.NameOf("tasks")}");

        var reason = await World.WhyAsync(id);

        Assert.Equal((TaskReasonCode.NoWorker, "ship"), (reason.Code, reason.Queue));
        Assert.StartsWith("Its consumers on bill are done, and those on ship are not. No process that is alive consumes queue ship", reason.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_with_another_time_is_found_in_its_queue()
    {
        await World.ReportAsync();
        var id = await World.AddAsync();
        await World.DispatchAsync();
        var again = ReasonWorld.MessageOf("mail") with { MessageId = id, TaskKind = null };
        await Task.Delay(2);
        await World.CommitAsync(Work.With(again)); // as the recovery, and the next part of long work, do

        Assert.Equal(TaskReasonCode.AwaitsDispatch, (await World.WhyAsync(id)).Code);
    }

    [Fact]
    public async Task A_row_not_found_among_many_is_not_called_sent()
    {
        await World.ReportAsync();
        var id = await World.AddAsync();
        await World.DispatchAsync();
        await UnderTest.ExecuteAsync($"DELETE FROM {UnderTest.NameOf("sent_messages")}");
        await World.CommitAsync([.. Enumerable.Range(0, 1_100).Select(_ => Work.With(ReasonWorld.MessageOf("mail")))]);

        var reason = await World.WhyAsync(id);

        Assert.Equal(
            (TaskReasonCode.BehindOthers, "Queue mail has more than 1,000 due rows, and its row is not among the first: it is further back, or its message was sent; 1,100 messages wait in it."),
            (reason.Code, reason.Message));
    }

    [Theory]
    [InlineData("mail", null)]
    [InlineData("ship", "ship")] // redriven to another queue
    public async Task A_redriven_row_is_found_behind_many(string queue, string? redrivenTo)
    {
        await World.ReportAsync(queue: queue);
        var id = await World.AddAsync();
        await World.DispatchAsync();
        await UnderTest.ExecuteAsync($"DELETE FROM {UnderTest.NameOf("sent_messages")}");
        await World.CommitAsync([.. Enumerable.Range(0, 1_100).Select(_ => Work.With(ReasonWorld.MessageOf(queue)))]);
        await Task.Delay(2); // it is due after those
        await World.CommitAsync(Work.With(ReasonWorld.MessageOf(queue) with { MessageId = id, TaskKind = null }));
        await UnderTest.ExecuteAsync($"UPDATE {UnderTest.NameOf("tasks")} SET queue = '{queue}' WHERE created_at = (SELECT min(created_at) FROM {UnderTest.NameOf("tasks")})");
        await UnderTest.ExecuteAsync(
            $"""
            INSERT INTO {UnderTest.NameOf("dead_letters")} (id, message_id, task_id, queue, reason, group_id, headers, destination, content_type, metadata, body, state, dead_at, ended_at, redriven_to)
            SELECT message_id, message_id, message_id, 'mail', 'Failed', message_id, 'h', 'd', 't', 'm', body, {(int)DeadLetterState.Redriven}, due_at, due_at,
                {(redrivenTo is null ? "NULL" : $"'{redrivenTo}'")}
            FROM {UnderTest.NameOf("outbox")} WHERE due_at = (SELECT max(due_at) FROM {UnderTest.NameOf("outbox")})
            """);

        var reason = await World.WhyAsync(id);

        Assert.Equal(TaskReasonCode.BehindOthers, reason.Code);
        Assert.Contains($"of queue {queue} were due before it", reason.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_of_a_queue_too_many_is_not_called_sent()
    {
        string[] queues = ["a", "b", "c", "d", "e", "f"];
        var ids = new List<Guid>();
        foreach (var queue in queues)
        {
            await World.ReportAsync(queue: queue);
            ids.Add(await World.AddAsync(queue));
        }

        await World.DispatchAsync();
        await UnderTest.ExecuteAsync($"DELETE FROM {UnderTest.NameOf("sent_messages")}");
        await Task.Delay(2);
        foreach (var (queue, id) in queues.Zip(ids))
        {
            await World.CommitAsync(Work.With(ReasonWorld.MessageOf(queue) with { MessageId = id, TaskKind = null })); // with another time
        }

        var reasons = (await World.Reasons.FindAllAsync((await World.Tasks.ListAsync(new TaskQuery { Limit = 100 })).Items)).Values;

        Assert.Equal(6, reasons.Count());
        var unsearched = Assert.Single(reasons, reason => reason.Code == TaskReasonCode.BehindOthers);
        Assert.StartsWith($"Its row was not looked for among all due rows of queue {unsearched.Queue}: it is one of them, or its message was sent", unsearched.Message, StringComparison.Ordinal);
        Assert.Equal(5, reasons.Count(reason => reason.Code == TaskReasonCode.AwaitsDispatch));
    }

    [Fact]
    public async Task A_memory_queue_with_many_in_flight_is_not_searched_whole()
    {
        World.ConsumersSettle = true;
        await World.ReportAsync(slots: 2_000, inFlight: 500);
        var id = await World.AddAsync();
        await World.DispatchAsync();
        await UnderTest.ExecuteAsync($"DELETE FROM {UnderTest.NameOf("sent_messages")}");
        await World.CommitAsync([.. Enumerable.Range(0, 1_100).Select(_ => Work.With(ReasonWorld.MessageOf("mail")))]);

        var reason = await World.WhyAsync(id);

        Assert.StartsWith("Queue mail has more than 1,000 due rows, and its row is not among the first", reason.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_costs_as_many_statements_as_a_task_and_shares_readings()
    {
        await World.ReportAsync();
        var ids = new List<Guid>();
        for (var i = 0; i < 40; i++)
        {
            ids.Add(await World.AddAsync());
        }

        var tasks = (await World.Tasks.ListAsync(new TaskQuery { Limit = 100 })).Items;
        var first = await StatementsAsync(() => World.Reasons.FindAllAsync([.. tasks.Take(1)]));
        var again = await StatementsAsync(() => World.Reasons.FindAllAsync([.. tasks.Take(1)]));
        var all = await StatementsAsync(() => World.Reasons.FindAllAsync([.. tasks]));
        World.Pass(TimeSpan.FromSeconds(1));
        var later = await StatementsAsync(() => World.Reasons.FindAllAsync([.. tasks.Take(1)]));

        Assert.Equal(40, tasks.Count);
        Assert.Equal((3, 3, first), (again, all, later));
        Assert.Equal(4, first - again); // processes, heartbeats, queues, depth
    }

    private async Task<int> StatementsAsync(Func<Task> action)
    {
        var before = World.Watched.Statements.Count;
        await action();
        return World.Watched.Statements.Count - before;
    }
}
