using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.Control;

public sealed class SqliteTaskFeedTests : TaskFeedTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresTaskFeedTests : TaskFeedTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>Following tasks as they change, and listing them.</summary>
public abstract class TaskFeedTests : StoreSuite
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_task_is_followed_to_its_end_even_after_a_reconnect()
    {
        await using var pipeline = await StartAsync();
        var go = new TaskCompletionSource();
        pipeline.Script.Greet = (_, _) => go.Task;
        using var deadline = new CancellationTokenSource(Deadline);
        var id = await pipeline.AddAsync(new Greet("ann"));
        var task = await pipeline.TaskAsync(id, TaskState.Running);

        var before = Feed(pipeline).Follow(task, lastEventId: null, deadline.Token).GetAsyncEnumerator(deadline.Token);
        Assert.True(await before.MoveNextAsync());
        Assert.Equal(TaskState.Running, before.Current.Task!.State);
        var last = before.Current.EventId;
        await before.DisposeAsync();
        go.SetResult();

        var states = new List<TaskState>();
        await foreach (var change in Feed(pipeline).Follow(task, last, deadline.Token))
        {
            states.Add(change.Task!.State);
        }

        Assert.Equal([TaskState.Succeeded], states);
    }

    [Fact]
    public async Task All_tasks_are_followed_in_every_state()
    {
        await using var pipeline = await StartAsync();
        pipeline.Script.Greet = (context, _) => context.Message.Name == "bad" ? throw new InvalidOperationException("no") : Task.CompletedTask;
        await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("before")), TaskState.Succeeded);
        using var deadline = new CancellationTokenSource(Deadline);
        var seen = new Dictionary<Guid, TaskState>();
        var changes = Feed(pipeline).FollowAll(lastEventId: null, deadline.Token).GetAsyncEnumerator(deadline.Token);
        Assert.True(await changes.MoveNextAsync());
        Assert.Null(changes.Current.Task); // from here on
        var follower = Task.Run(async () =>
        {
            while (await changes.MoveNextAsync())
            {
                lock (seen)
                {
                    seen[changes.Current.Task!.Id] = changes.Current.Task.State;
                }
            }
        });

        var good = await pipeline.AddAsync(new Greet("good"));
        var bad = await pipeline.AddAsync(new Greet("bad"));
        var later = await pipeline.AddAsync(new Greet("later"), delay: TimeSpan.FromHours(1));
        await pipeline.CancelAsync(later);

        await Eventually.True(
            () =>
            {
                lock (seen)
                {
                    return seen.Count == 3 && seen[good] == TaskState.Succeeded && seen[bad] == TaskState.Failed && seen[later] == TaskState.Cancelled;
                }
            },
            "the three are seen in their ends, and the one before is not");
        await deadline.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => follower);
    }

    [Fact]
    public async Task A_resumed_stream_has_what_happened_meanwhile()
    {
        await using var pipeline = await StartAsync();
        using var deadline = new CancellationTokenSource(Deadline);
        var last = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        var id = await pipeline.AddAsync(new Greet("meanwhile"));
        await pipeline.TaskAsync(id, TaskState.Succeeded);

        await using var changes = Feed(pipeline).FollowAll(last, deadline.Token).GetAsyncEnumerator(deadline.Token);

        Assert.True(await changes.MoveNextAsync());
        Assert.Equal((id, TaskState.Succeeded), (changes.Current.Task!.Id, changes.Current.Task.State));
    }

    [Fact]
    public async Task A_stream_resumed_too_late_reports_the_gap()
    {
        await using var pipeline = await StartAsync();
        using var deadline = new CancellationTokenSource(Deadline);

        await using var changes = Feed(pipeline).FollowAll("1", deadline.Token).GetAsyncEnumerator(deadline.Token);

        Assert.True(await changes.MoveNextAsync());
        Assert.True(changes.Current.Lagged);
    }

    [Fact]
    public async Task Tasks_are_listed_by_filter_page_by_page_newest_first()
    {
        await using var pipeline = await StartAsync();
        pipeline.Script.Greet = (context, _) => context.Message.Name == "bad" ? throw new InvalidOperationException("50% of_it") : Task.CompletedTask;
        var ids = new List<Guid>();
        for (var i = 0; i < 7; i++)
        {
            ids.Add(await pipeline.AddAsync(new Greet(i % 3 == 0 ? "bad" : "good")));
            await Task.Delay(2, TestContext.Current.CancellationToken); // ids of one millisecond are in no order
        }

        await Eventually.True(async () => await UnderTest.CountAsync("tasks", "state IN (3, 4)") == 7, "all have ended");
        var store = pipeline.Services.GetRequiredService<ITaskStore>();

        var first = await store.ListAsync(new TaskQuery { Limit = 5 });
        var second = await store.ListAsync(new TaskQuery { Limit = 5, After = first.Next });
        var failed = await store.ListAsync(new TaskQuery { States = [TaskState.Failed], Queue = "greet", Kind = "Greet", Error = "50% OF_" });
        var none = await store.ListAsync(new TaskQuery { Error = "50_" });

        Assert.Equal(Enumerable.Reverse(ids), [.. first.Items.Select(t => t.Id), .. second.Items.Select(t => t.Id)]);
        Assert.Null(second.Next);
        Assert.Equal([ids[6], ids[3], ids[0]], failed.Items.Select(t => t.Id));
        Assert.Empty(none.Items);
        Assert.Empty((await store.ListAsync(new TaskQuery { CreatedFrom = DateTimeOffset.UtcNow.AddMinutes(5) })).Items);
        Assert.Equal(7, (await store.ListAsync(new TaskQuery { CreatedBefore = DateTimeOffset.UtcNow.AddMinutes(5) })).Items.Count);
    }

    private Task<PipelineUnderTest> StartAsync(Action<OutboxOptions>? configure = null) => PipelineUnderTest.StartAsync(UnderTest, configure: options =>
    {
        options.EventInterval = TimeSpan.FromMilliseconds(20);
        configure?.Invoke(options);
    });

    private static ITaskFeed Feed(PipelineUnderTest pipeline) => pipeline.Services.GetRequiredService<ITaskFeed>();
}
