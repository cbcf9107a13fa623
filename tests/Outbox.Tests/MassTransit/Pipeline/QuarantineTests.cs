using MassTransit;
using Messaging.Outbox.Execution;
using Messaging.Outbox.Inbox;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.MassTransit.Pipeline;

public sealed class SqliteQuarantineTests : QuarantineTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();

    [Fact]
    public async Task An_error_while_entering_quarantine_defers_the_message()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, PipelineUnderTest.Quick(immediate: 2, delayed: 1, delay: TimeSpan.FromMinutes(10)));
        await UnderTest.ExecuteAsync(
            $"INSERT INTO things VALUES ('taken'); CREATE TRIGGER refuse BEFORE INSERT ON inbox WHEN NEW.kind = '{InboxKind.Isolated}' BEGIN INSERT INTO things VALUES ('taken'); END");

        var id = (await QuarantinedAsync(pipeline, 1))[0];

        Assert.Contains("UNIQUE", (await pipeline.TaskAsync(id, TaskState.Retrying)).LastError, StringComparison.Ordinal);
        Assert.Equal(0, await UnderTest.CountAsync("dead_letters"));
        Assert.Empty(pipeline.Script.Greets);
    }
}

public sealed class PgBouncerQuarantineTests : QuarantineTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PgBouncerUnderTest.CreateAsync();
}

public sealed class PostgresQuarantineTests : QuarantineTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>A message that was delivered too often is executed alone, or not again.</summary>
public abstract class QuarantineTests : StoreSuite
{
    [Fact]
    public async Task A_quarantined_message_that_is_harmless_succeeds_in_isolation()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var ids = await QuarantinedAsync(pipeline, 20);

        foreach (var id in ids)
        {
            await pipeline.TaskAsync(id, TaskState.Succeeded);
        }

        Assert.Equal(20, pipeline.Script.Greets.Count);
    }

    [Fact]
    public async Task A_message_that_kills_its_isolated_execution_is_dead_lettered()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, PipelineUnderTest.Quick(delayed: 5));
        var release = new TaskCompletionSource();
        pipeline.Script.Greet = (_, _) => release.Task; // as if the worker died in it: no outcome
        var id = (await QuarantinedAsync(pipeline, 1))[0];
        await Eventually.True(() => pipeline.Script.Greets.Count == 1, "its isolated execution runs");
        await using var other = await PipelineUnderTest.StartAsync(UnderTest, PipelineUnderTest.Quick(delayed: 5));

        await RedeliverOftenAsync(other, id);

        Assert.Contains("10 deliveries ended without an outcome", (await other.TaskAsync(id, TaskState.Failed)).LastError, StringComparison.Ordinal);
        Assert.Empty(other.Script.Greets);
        release.SetResult();
    }

    [Fact]
    public async Task An_isolated_execution_runs_alone()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var (before, poison) = (new TaskCompletionSource(), new TaskCompletionSource());
        pipeline.Script.Greet = (context, _) => context.Message.Name switch { "before" => before.Task, "poison" => poison.Task, _ => Task.CompletedTask };
        string[] Begun() => [.. pipeline.Script.Greets.Select(g => g.Message.Name)];
        await pipeline.AddAsync(new Greet("before"));
        await Eventually.True(() => Begun() is ["before"], "the first is in flight");

        var id = (await QuarantinedAsync(pipeline, 1))[0];
        await Eventually.True(() => pipeline.Services.GetRequiredService<QuarantineGate>().IsClosed, "the poison message waits");
        var after = await pipeline.AddAsync(new Greet("after"));
        await Task.Delay(500);
        Assert.Equal(["before"], Begun());

        before.SetResult();
        await Eventually.True(() => Begun() is ["before", "poison"], "the isolated execution runs");
        await Task.Delay(500);
        Assert.Equal(["before", "poison"], Begun());

        poison.SetResult();
        await pipeline.TaskAsync(id, TaskState.Succeeded);
        await pipeline.TaskAsync(after, TaskState.Succeeded);
    }

    /// <summary>A task row as it is after the message was sent.</summary>
    private async Task TrackAsync(PipelineUnderTest pipeline, Guid id)
    {
        var work = Work.With(Work.Message() with { MessageId = id, TaskKind = "T", Delay = TimeSpan.FromHours(1) });
        await UnderTest.Store.Commits.CommitAsync([work], lockWait: null, default);
        Assert.NotNull(await pipeline.Services.GetRequiredService<ITaskStore>().FindAsync(id));
    }

    protected async Task<IReadOnlyList<Guid>> QuarantinedAsync(PipelineUnderTest pipeline, int count)
    {
        var ids = Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7()).ToList();
        foreach (var id in ids)
        {
            await TrackAsync(pipeline, id);
            await RedeliverOftenAsync(pipeline, id);
        }

        return ids;
    }

    private static Task RedeliverOftenAsync(PipelineUnderTest pipeline, Guid id) => pipeline.DeliverAsync(new Greet("poison"), "greet", id, context =>
    {
        context.Headers.Set("Task-Id", id.ToString());
        context.Headers.Set("x-delivery-count", 10);
    });
}
