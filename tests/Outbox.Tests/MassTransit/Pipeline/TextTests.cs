using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.MassTransit.Pipeline;

public sealed class SqliteTextTests : TextTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresTextTests : TextTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>Texts of consumers that a database would refuse.</summary>
public abstract class TextTests : StoreSuite
{
    private static readonly string Long = new('a', 199);

    public static TheoryData<string, string> Texts => new()
    {
        { Long + "😀", Long },
        { "a\0b", "a b" },
        { "half \ud83d", "half \uFFFD" },
        { "\udc00half", "\uFFFDhalf" },
        { "two\r\nlines \u001b[31m", "two  lines  [31m" },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task A_progress_text_is_kept_without_characters_that_databases_refuse(string text, string expected)
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var go = new TaskCompletionSource();
        pipeline.Script.Greet = (_, provider) =>
        {
            provider.GetRequiredService<ITaskContext>().ReportProgress(10, text);
            return go.Task;
        };
        var id = await pipeline.AddAsync(new Greet("ann"));

        string? running = null; // it may be running before its consumer has reported anything
        await Eventually.True(async () => (running = (await pipeline.TaskAsync(id, TaskState.Running)).ProgressText) is not null, "its progress is known");
        Assert.Equal(expected, running);
        go.SetResult();
        Assert.Equal(expected, (await pipeline.TaskAsync(id, TaskState.Succeeded)).ProgressText);
    }

    [Fact]
    public async Task A_result_with_strange_characters_is_kept()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Greet = (_, provider) =>
        {
            provider.GetRequiredService<ITaskContext>().SetResult(new { Text = "a\0b \ud83d" });
            return Task.CompletedTask;
        };

        var task = await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Succeeded);

        Assert.Equal("a\0b \uFFFD", task.Result!.Value.GetProperty("text").GetString());
    }

    [Fact]
    public async Task Error_and_kind_are_kept_without_characters_that_databases_refuse()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Greet = (_, _) => throw new InvalidOperationException("a\0b\u001b \ud83d");

        var id = await pipeline.InUnitAsync((IBackgroundTasks tasks) => Task.FromResult(tasks.Add(new Greet("ann"), kind: "k\0 \ud83d").Id));

        var task = await pipeline.TaskAsync(id, TaskState.Failed);
        Assert.Equal("InvalidOperationException: a b \uFFFD", task.LastError);
        Assert.Equal("k  \uFFFD", task.Kind);
    }

    [Fact]
    public async Task A_dead_letter_keeps_headers_that_a_database_would_refuse()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Greet = (_, _) => throw new InvalidOperationException("no");

        await pipeline.DeliverAsync(new Greet("ann"), "greet", Guid.CreateVersion7(), context => context.Headers.Set("odd", "a\0b \ud83d"));

        await Eventually.True(async () => await UnderTest.CountAsync("dead_letters") == 1, "there is a dead letter");
    }

    [Fact]
    public async Task A_unique_key_that_no_database_takes_is_refused()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);

        var refused = await Assert.ThrowsAsync<ArgumentException>(() => pipeline.InUnitAsync(
            (IBackgroundTasks tasks) => tasks.AddUniqueAsync(new Greet("ann"), "a\0b", TimeSpan.FromMinutes(1))));

        Assert.Equal("key", refused.ParamName);
    }

    [Fact]
    public async Task A_bad_row_does_not_stop_reads_and_cancellations_of_others()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        await UnderTest.ExecuteAsync(UnderTest is SqliteUnderTest
            ? "CREATE TRIGGER refuse BEFORE UPDATE ON tasks WHEN new.progress_text = 'bad' BEGIN SELECT RAISE(ABORT, 'bad'); END"
            : $"ALTER TABLE {UnderTest.NameOf("tasks")} ADD CONSTRAINT refuse CHECK (progress_text <> 'bad')");
        var go = new TaskCompletionSource();
        pipeline.Script.Greet = async (context, provider) =>
        {
            var task = provider.GetRequiredService<ITaskContext>();
            task.ReportProgress(10, context.Message.Name);
            await go.Task.WaitAsync(task.CancellationToken);
            task.ReportProgress(20, "good");
        };

        var bad = await pipeline.AddAsync(new Greet("bad"));
        var good = await pipeline.AddAsync(new Greet("good"));
        var cancelled = await pipeline.AddAsync(new Greet("cancelled"));

        await pipeline.TaskAsync(good, TaskState.Running);
        await pipeline.TaskAsync(cancelled, TaskState.Running);
        await pipeline.CancelAsync(cancelled);
        await Eventually.True(
            () => pipeline.Logs.Lines.Any(l => l.Contains(bad.ToString(), StringComparison.Ordinal)), "the bad one is reported");
        await pipeline.TaskAsync(cancelled, TaskState.Cancelled);
        go.SetResult();
        await pipeline.TaskAsync(bad, TaskState.Succeeded);
        await pipeline.TaskAsync(good, TaskState.Succeeded);
        Assert.Single(pipeline.Logs.Lines, l => l.Contains(bad.ToString(), StringComparison.Ordinal));
    }
}
