using Messaging.Outbox.Store;
using Messaging.Outbox.Tasks;
using Messaging.Outbox.Tests.Stores;

namespace Messaging.Outbox.Tests.Control;

public sealed class SqliteTaskSearchTests : TaskSearchTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresTaskSearchTests : TaskSearchTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>Lists of more tasks than one page searches: 20,000, or 2,000 of certain states.</summary>
public abstract class TaskSearchTests : StoreSuite
{
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.UtcNow.AddHours(-12).ToUnixTimeMilliseconds());

    [Fact]
    public async Task A_rare_match_is_found_by_following_short_pages()
    {
        await AddAsync(21_000, i => new Row(At(i), i == 0 ? "Rare" : "Usual"));

        var first = await ListAsync(new TaskQuery { Kind = "Rare" });
        var second = await ListAsync(new TaskQuery { Kind = "Rare", After = first.Next });

        Assert.Empty(first.Items);
        Assert.Equal(At(1_000), first.SearchedTo);
        Assert.Equal(At(0), Assert.Single(second.Items).CreatedAt);
        Assert.Null(second.Next);
        Assert.Null(second.SearchedTo);
    }

    [Fact]
    public async Task Tasks_that_need_attention_are_found_behind_any_number_of_others()
    {
        await AddAsync(21_000, i => new Row(At(i), "Usual", i switch { 0 => TaskState.Failed, 1 => TaskState.Retrying, _ => TaskState.Succeeded }));

        var page = await ListAsync(new TaskQuery { States = [TaskState.Failed, TaskState.Retrying, TaskState.Running] });

        Assert.Equal([TaskState.Retrying, TaskState.Failed], page.Items.Select(t => t.State));
        Assert.Null(page.Next);
    }

    [Fact]
    public async Task Pages_of_several_states_find_each_match_once()
    {
        await AddAsync(30_000, i => new Row(At(i), i % 5_000 == 0 ? "Rare" : "Usual", i > 20_000 || i % 2 == 0 ? TaskState.Failed : TaskState.Cancelled));
        var (found, pages, after) = (new List<DateTimeOffset>(), 0, (Guid?)null);
        do
        {
            var page = await ListAsync(new TaskQuery { States = [TaskState.Failed, TaskState.Cancelled], Kind = "Rare", Limit = 2, After = after });
            found.AddRange(page.Items.Select(t => t.CreatedAt));
            after = page.Next;
        }
        while (after is not null && ++pages < 100);

        Assert.Equal(Enumerable.Range(0, 6).Reverse().Select(i => At(i * 5_000)), found);
    }

    [Fact]
    public async Task A_full_page_of_several_states_skips_no_match()
    {
        // Failed ones are searched for 1,000 rows, down to 3,000; the page is full of Cancelled ones down to 2,100.
        await AddAsync(4_000, i => new Row(At(i), i % 100 == 0 || i == 2_501 ? "Rare" : "Usual", i % 100 == 0 ? TaskState.Cancelled : TaskState.Failed));
        var (found, after) = (new List<DateTimeOffset>(), (Guid?)null);
        do
        {
            var page = await ListAsync(new TaskQuery { States = [TaskState.Failed, TaskState.Cancelled], Kind = "Rare", Limit = 20, After = after });
            found.AddRange(page.Items.Select(t => t.CreatedAt));
            after = page.Next;
        }
        while (after is not null && found.Count < 100);

        Assert.Equal(Enumerable.Range(0, 40).Select(i => At(i * 100)).Append(At(2_501)).OrderDescending(), found);
    }

    [Fact]
    public async Task A_time_range_is_found_behind_any_number_of_newer_tasks()
    {
        await AddAsync(21_000, i => new Row(i < 5 ? Start.AddHours(-5 + i) : At(i), "Usual"));

        var page = await ListAsync(new TaskQuery { CreatedFrom = Start.AddHours(-4), CreatedBefore = Start.AddHours(-2) });

        Assert.Equal([Start.AddHours(-3), Start.AddHours(-4)], page.Items.Select(t => t.CreatedAt));
        Assert.Null(page.Next);
    }

    [Fact]
    public async Task A_time_range_has_tasks_whose_ids_are_random()
    {
        await AddAsync(2, i => new Row(At(i), "Usual") { Id = new Guid($"f0000000-0000-4000-8000-00000000000{i}") });
        await AddAsync(2, i => new Row(At(i), "Usual") { Id = new Guid($"00020000-ac11-0242-8000-00000000000{i}") }); // MassTransit's own, in a container
        await AddAsync(2, i => new Row(At(i), "Usual"));

        var inside = await ListAsync(new TaskQuery { CreatedFrom = At(1), CreatedBefore = At(2) });

        Assert.Equal([At(1), At(1), At(1)], inside.Items.Select(t => t.CreatedAt));
    }

    [Theory]
    [InlineData(0, 9999)]
    [InlineData(1, 1970)]
    public async Task A_time_range_may_reach_to_the_end_of_time(int fromYear, int beforeYear)
    {
        await AddAsync(1, i => new Row(At(i), "Usual"));

        var page = await ListAsync(new TaskQuery
        {
            CreatedFrom = fromYear == 0 ? DateTimeOffset.MinValue : new DateTimeOffset(fromYear, 1, 1, 0, 0, 0, TimeSpan.Zero),
            CreatedBefore = beforeYear == 9999 ? DateTimeOffset.MaxValue : new DateTimeOffset(beforeYear, 1, 1, 0, 0, 0, TimeSpan.Zero),
        });

        Assert.Equal(beforeYear == 9999 ? 1 : 0, page.Items.Count);
    }

    [Fact]
    public async Task Tasks_of_a_sampled_trace_are_found_behind_any_number_of_others()
    {
        var (trace, other) = (Guid.NewGuid(), Guid.NewGuid());
        await AddAsync(21_000, i => new Row(At(i), "Usual") { Trace = i < 3 ? trace : i % 2 == 0 ? other : null, IsRecorded = i < 3 });

        var first = await ListAsync(new TaskQuery { TraceId = trace.ToString("N"), Limit = 2 });
        var second = await ListAsync(new TaskQuery { TraceId = trace.ToString("N").ToUpperInvariant(), Limit = 2, After = first.Next });
        var succeeded = await ListAsync(new TaskQuery { TraceId = trace.ToString("N"), States = [TaskState.Failed] });

        Assert.Equal([At(2), At(1)], first.Items.Select(t => t.CreatedAt));
        Assert.Equal((At(0), trace.ToString("N")), (Assert.Single(second.Items).CreatedAt, second.Items[0].TraceId));
        Assert.Null(second.Next);
        Assert.Empty(succeeded.Items);
        Assert.Null(succeeded.Next);
    }

    [Fact]
    public async Task Tasks_of_another_trace_are_found_by_following_short_pages()
    {
        var trace = Guid.NewGuid();
        await AddAsync(21_000, i => new Row(At(i), "Usual") { Trace = i == 0 ? trace : null });

        var first = await ListAsync(new TaskQuery { TraceId = trace.ToString("N") });
        var second = await ListAsync(new TaskQuery { TraceId = trace.ToString("N"), After = first.Next });

        Assert.Empty(first.Items);
        Assert.Equal(At(1_000), first.SearchedTo);
        Assert.Equal(trace.ToString("N"), Assert.Single(second.Items).TraceId);
    }

    private static DateTimeOffset At(int i) => Start.AddSeconds(i);

    private Task<Page<TaskRecord>> ListAsync(TaskQuery query) => new TaskStore(UnderTest.Own).ListAsync(query);

    private async Task AddAsync(int count, Func<int, Row> row)
    {
        await using var transaction = await UnderTest.Store.Commits.BeginAsync(default);
        foreach (var chunk in Enumerable.Range(0, count).Select(row).Chunk(150))
        {
            var values = string.Join(", ", chunk.Select((_, i) => $"({SqlFilter.Numbered(6, (6 * i) + 1)})"));
            await transaction.Own.ExecuteAsync(
                $"INSERT INTO messaging.tasks (id, kind, state, created_at, trace_id, trace_recorded) VALUES {values}",
                default,
                [.. chunk.SelectMany(r => (object?[])[r.Id, r.Kind, r.State, new StoreTime(r.CreatedAt), r.Trace, r.Trace is null ? null : r.IsRecorded])]);
        }

        await transaction.CommitAsync(new StagedWork(), default);
    }

    private sealed record Row(DateTimeOffset CreatedAt, string Kind, TaskState State = TaskState.Succeeded)
    {
        public Guid Id { get; init; } = Guid.CreateVersion7(CreatedAt);

        public Guid? Trace { get; init; }

        public bool IsRecorded { get; init; }
    }
}
