using Messaging.Outbox.Feed;
using Messaging.Outbox.Overview;
using Messaging.Outbox.Tests.Bulk;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Reasons;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Messaging.Outbox.Tests.Overview;

public sealed class SqliteOverviewStoreTests : OverviewStoreTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresOverviewStoreTests : OverviewStoreTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>What is going on, of all processes, from the rows of every store.</summary>
public abstract class OverviewStoreTests : StoreSuite
{
    [Fact]
    public async Task Tasks_queues_processes_and_times_are_those_that_there_are()
    {
        var release = new TaskCompletionSource();
        await using var host = await StartAsync(new Script { Greet = (context, _) => release.Task.WaitAsync(context.CancellationToken) });
        var running = await host.AddAsync(new Greet("ann"));
        for (var i = 0; i < 3; i++)
        {
            await host.TaskAsync(await host.AddAsync(new Jot($"{i}")), TaskState.Succeeded);
        }

        var overview = await WhenAsync( // a process reports itself after its queues
            host,
            o => o.Tasks[TaskState.Succeeded] == 3 && o.Tasks[TaskState.Running] == 1 && o.Recent.EffectsOf("jot").Count == 3 && o.Recent.Of("jot").Sum(m => m.Succeeded) == 3
                && o.Recent.Of(null).Sum(m => m.Accepted) == 4 && o.Processes.Count == 1
                && o.Queues.Any(q => q.Queue.Settings.Name == "greet" && q.Queue.InFlight == 1 && q.Utilisation >= 0.01),
            "all are counted");

        Assert.Equal((4, 0, true), (overview.Tasks.Accepted, overview.Tasks.Balance, overview.Tasks.IsKnown));
        Assert.Equal((4, 3), (overview.Recent.Of(null).Sum(m => m.Accepted), overview.Recent.Of("jot").Sum(m => m.Succeeded)));
        Assert.InRange(overview.Recent.EffectsOf("jot").P99Seconds!.Value, 0, 60);
        Assert.Equal((true, 1), (overview.Processes.Single().Dispatches, overview.Queues.Single(q => q.Queue.Settings.Name == "greet").Queue.InFlight));
        Assert.InRange(overview.Queues.Single(q => q.Queue.Settings.Name == "greet").Utilisation!.Value, 0.01, 1);
        Assert.Empty(overview.Unavailable);
        var task = await Eventually.Get(
            async () => (await host.Services.GetRequiredService<RunningTaskReader>().OfQueueAsync("greet", 100, default)).SingleOrDefault(), "it is reported");
        Assert.Equal((running, "Greet", 1), (task.Id, task.Kind, task.Attempts));
        Assert.Empty(await host.Services.GetRequiredService<RunningTaskReader>().OfQueueAsync("jot", 100, default));
        release.SetResult();
    }

    [Fact]
    public async Task Totals_have_what_nobody_has_added_up_yet()
    {
        await ManyTasks.AddAsync(UnderTest, 3, state: TaskState.Queued);
        await ManyTasks.AddAsync(UnderTest, 2, state: TaskState.Retrying);

        var totals = await TaskTotals.ReadAsync(UnderTest.Own, DateTimeOffset.UtcNow, default);
        var tooMany = await TaskTotals.ReadAsync(UnderTest.Own, DateTimeOffset.UtcNow, default, maxChanges: 1);

        Assert.Equal((3, 2, 5, 0, false, true), (totals[TaskState.Queued], totals[TaskState.Retrying], totals.Accepted, totals.Balance, totals.IsKnown, totals.AreCurrent));
        Assert.Equal((0, 0, 0, 0, false), (tooMany[TaskState.Queued], tooMany[TaskState.Retrying], tooMany.Accepted, tooMany.Balance, tooMany.AreCurrent));
    }

    [Fact]
    public async Task The_newest_dead_letter_without_a_decision_is_named()
    {
        await using var host = await StartAsync(new Script());
        Assert.Null((await ReadAsync(host)).NewestDeadLetter);
        var ids = Enumerable.Range(0, 3).Select(_ => Guid.CreateVersion7()).Order().ToList();
        foreach (var id in ids)
        {
            await UnderTest.ExecuteAsync(
                $"""
                INSERT INTO dead_letters (id, queue, reason, group_id, headers, destination, content_type, metadata, body, dead_at)
                VALUES ('{id}', 'jot', 'Failed', '{id}', 'h', 'd', 't', 'm', {(UnderTest is PostgresUnderTest ? "''::bytea, now()" : "x'', 1")})
                """);
        }

        await UnderTest.ExecuteAsync($"UPDATE dead_letters SET state = 2 WHERE id = '{ids[2]}'");

        var overview = await ReadAsync(host);
        Assert.Equal((2, false, ids[1]), (overview.DeadLetters, overview.DeadLettersAreCapped, overview.NewestDeadLetter));
    }

    [Fact]
    public async Task The_depth_of_each_queue_is_written_once_a_minute()
    {
        await using var host = await StartAsync(new Script());
        await Eventually.True(async () => await UnderTest.CountAsync("queue_depths", "queue = 'jot'") > 0, "it is written");

        Assert.InRange(await UnderTest.CountAsync("queue_depths", "queue = 'jot'"), 1, 2); // the minute may have turned
        Assert.Equal(0, await UnderTest.CountAsync("(SELECT minute FROM queue_depths WHERE queue IN ('jot', 'greet') GROUP BY minute HAVING COUNT(*) <> 2) AS uneven"));
    }

    [Fact]
    public async Task Who_paused_a_queue_is_its_newest_pause()
    {
        await using var host = await StartAsync(new Script());
        var overview = await WhenAsync(host, o => o.Queues.Count > 0, "the queues are known");
        Assert.All(overview.Queues, q => Assert.Null(q.Pause));
        foreach (var (who, paused) in new[] { ("bob", true), ("bob", false), ("ann", true) })
        {
            await host.InUnitAsync((IQueueControl queues) => paused ? queues.PauseAsync("jot", who) : queues.ResumeAsync("jot", who));
        }

        overview = await ReadAsync(host);

        Assert.Equal("ann", overview.Queues.Single(q => q.Queue.Settings.Name == "jot").Pause!.Who);
        Assert.Null(overview.Queues.Single(q => q.Queue.Settings.Name == "greet").Pause);
        var one = await host.Services.GetRequiredService<OverviewReader>().FindQueueAsync("jot", default);
        Assert.Equal("ann", one!.Value.Figures.Pause!.Who);
        Assert.Null(await host.Services.GetRequiredService<OverviewReader>().FindQueueAsync("nowhere", default));
        await UnderTest.ExecuteAsync("DELETE FROM audit"); // past its retention
        Assert.Null((await ReadAsync(host)).Queues.Single(q => q.Queue.Settings.Name == "jot").Pause);
    }

    [Fact]
    public async Task What_needs_attention_is_read_from_the_rows()
    {
        await using var host = await StartAsync(new Script { Greet = (_, _) => throw new InvalidOperationException("It fails.") });
        await host.TaskAsync(await host.AddAsync(new Greet("ann")), TaskState.Failed);

        var overview = await WhenAsync(host, o => o.DeadLetters == 1, "it is a dead letter");

        var found = Assert.Single(overview.Attention, a => a.Code == AttentionCode.DeadLetters);
        Assert.Equal((AttentionSeverity.Warning, "greet", "dead-letters"), (found.Severity, found.Target, found.Page));
        Assert.StartsWith("1 new dead letter of greet in 15 minutes.", found.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(200)]
    public async Task Any_number_of_viewers_costs_the_statements_of_one(int viewers)
    {
        using var world = new ReasonWorld(UnderTest);
        await world.ReportAsync();
        var (readings, received, time) = (0, 0, new FakeTimeProvider());
        using var stopping = new CancellationTokenSource();
        var shared = new FollowedReading<OverviewRecord>(
            async token =>
            {
                var overview = await world.Overview.ReadAsync(token);
                Interlocked.Increment(ref readings);
                return overview;
            },
            _ => $"{Volatile.Read(ref readings)}", // changes with each reading
            time,
            stopping.Token);

        var watching = Task.WhenAll(Enumerable.Range(0, viewers).Select(async _ =>
        {
            var count = 0;
            await foreach (var change in shared.FollowAsync(lastVersion: null, TestContext.Current.CancellationToken))
            {
                if (change.Type == SharedEventType.Changed)
                {
                    count++;
                    Interlocked.Increment(ref received);
                }

                if (count == 3)
                {
                    break;
                }
            }

            return count;
        }));
        for (var expected = 1; expected <= 3; expected++)
        {
            await Eventually.True(
                () =>
                {
                    if (expected > 1 && Volatile.Read(ref readings) < expected) // again if the loop was not in its pause yet
                    {
                        time.Advance(SharedReading<OverviewRecord>.Interval);
                    }

                    return Volatile.Read(ref received) >= expected * viewers;
                },
                $"all have change {expected}");
        }

        var seen = await watching;
        await stopping.CancelAsync();
        await Eventually.True(() => shared.IsIdle || readings > 0, "the readings are over");

        Assert.All(seen, count => Assert.Equal(3, count));
        Assert.InRange(readings, 3, 5);
        Assert.InRange(world.Watched.Statements.Count, 3 * 5, 5 * 20); // of each reading, whoever looks
    }

    private Task<PipelineUnderTest> StartAsync(Script script) => PipelineUnderTest.StartAsync(
        UnderTest,
        script: script,
        configure: options =>
        {
            options.FiguresInterval = TimeSpan.FromMilliseconds(100);
            options.QueueReportInterval = TimeSpan.FromMilliseconds(200);
            options.QueueSettingsInterval = TimeSpan.FromMilliseconds(100);
            options.RunSchedules = false;
        });

    private static Task<OverviewRecord> ReadAsync(PipelineUnderTest host) => host.Services.GetRequiredService<OverviewReader>().ReadAsync(default);

    private static Task<OverviewRecord> WhenAsync(PipelineUnderTest host, Func<OverviewRecord, bool> holds, string what) =>
        Eventually.Get(async () => await ReadAsync(host) is var overview && holds(overview) ? overview : null, what);
}
