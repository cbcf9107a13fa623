using System.ComponentModel;
using System.Text.Json;
using MassTransit;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.Payloads;

public sealed class SqliteRunAgainTests : RunAgainTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresRunAgainTests : RunAgainTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>A task runs again as a new one, from what was kept of its message.</summary>
public abstract class RunAgainTests : StoreSuite
{
    [Fact]
    public async Task A_task_runs_again_as_a_new_one_of_its_kind()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var id = await pipeline.InUnitAsync((IBackgroundTasks tasks) => Task.FromResult(tasks.Add(new Greet("ann"), kind: "Hello").Id));
        await pipeline.TaskAsync(id, TaskState.Succeeded);

        var outcome = await RunAsync(pipeline, id);

        var again = await pipeline.TaskAsync(outcome.TaskId!.Value, TaskState.Succeeded);
        Assert.Equal(("Hello", "greet", id), (again.Kind, again.Queue, again.RunAgainOf));
        Assert.Equal(["ann", "ann"], pipeline.Script.Greets.Select(c => c.Message.Name));
        Assert.Equal(1, await UnderTest.CountAsync("audit", $"action = 'task.run-again' AND who = 'test' AND target = '{id}' AND details LIKE '%{again.Id}%'"));
        Assert.Null((await pipeline.TaskAsync(id, TaskState.Succeeded)).RunAgainOf);
    }

    [Fact]
    public async Task Successors_are_not_run_again()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var (id, next) = await pipeline.InUnitAsync((IBackgroundTasks tasks) =>
        {
            var task = tasks.Add(new Greet("ann"));
            return Task.FromResult((task.Id, task.Then(new Count("next")).Id));
        });
        await pipeline.TaskAsync(next, TaskState.Succeeded);

        await pipeline.TaskAsync((await RunAsync(pipeline, id)).TaskId!.Value, TaskState.Succeeded);
        var again = await pipeline.TaskAsync((await RunAsync(pipeline, next)).TaskId!.Value, TaskState.Succeeded);

        Assert.Equal(4, await UnderTest.CountAsync("tasks"));
        Assert.Equal(1, await UnderTest.CountAsync("task_links"));
        Assert.Equal("Count", again.Kind);
    }

    [Fact]
    public async Task A_message_that_was_sent_is_sent_to_its_queue_again()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var id = Guid.CreateVersion7();
        await pipeline.InUnitAsync(async (ISendEndpointProvider provider) =>
        {
            await (await provider.GetSendEndpoint(new Uri("queue:greet"))).Send(new Greet("ann"), context => context.MessageId = id);
            return true;
        });
        await pipeline.TaskAsync(id, TaskState.Succeeded);

        var outcome = await RunAsync(pipeline, id);

        Assert.Equal("greet", (await pipeline.TaskAsync(outcome.TaskId!.Value, TaskState.Succeeded)).Queue);
        Assert.Equal(2, await UnderTest.CountAsync("task_payloads", "address LIKE '%/greet%'"));
        Assert.Empty(await pipeline.PublishedAsync<Greet>());
    }

    [Fact]
    public async Task A_message_that_was_published_keeps_no_address()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);

        await pipeline.InUnitAsync(async (IPublishEndpoint endpoint) =>
        {
            await endpoint.Publish(new Greet("ann"));
            return true;
        });

        Assert.Equal(1, await UnderTest.CountAsync("task_payloads", "address IS NULL"));
    }

    [Fact]
    public async Task An_edited_message_is_validated_by_its_type()
    {
        await using var pipeline = await StartAsync();
        var id = await pipeline.AddAsync(new Greet("ann"));
        await pipeline.TaskAsync(id, TaskState.Succeeded);

        var outcome = await RunAsync(pipeline, id, """{ "name": "bob" }""");
        var error = await Assert.ThrowsAsync<EditedMessageException>(() => RunAsync(pipeline, id, """{ "nam": "bob" }"""));

        await pipeline.TaskAsync(outcome.TaskId!.Value, TaskState.Succeeded);
        Assert.Equal(["ann", "bob"], pipeline.Script.Greets.Select(c => c.Message.Name));
        Assert.Equal(["nam", "name"], error.Problems.Keys);
        Assert.DoesNotContain("bob", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_type_that_cannot_be_enqueued_by_name_cannot_be_edited()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var id = await pipeline.AddAsync(new Greet("ann"));

        var outcome = await RunAsync(pipeline, id, """{ "name": "bob" }""");

        Assert.Equal(ControlResult.Refused, outcome.Result);
        Assert.Contains("A Greet cannot be edited", outcome.Reason, StringComparison.Ordinal);
        Assert.Equal(1, await UnderTest.CountAsync("tasks"));
    }

    [Fact]
    public async Task Redacted_values_have_to_be_given_again()
    {
        await using var pipeline = await StartAsync();
        var id = await pipeline.AddAsync(new Invitation("ann", "ann@example.org"));
        await pipeline.TaskAsync(id, TaskState.Succeeded);

        var refused = await RunAsync(pipeline, id);
        var error = await Assert.ThrowsAsync<EditedMessageException>(() => RunAsync(pipeline, id, """{ "name": "ann", "email": "[redacted]" }"""));
        var outcome = await RunAsync(pipeline, id, """{ "name": "ann", "email": "bob@example.org" }""");

        Assert.Equal(ControlResult.Refused, refused.Result);
        Assert.Contains("Values of its message were replaced when it was stored: email.", refused.Reason, StringComparison.Ordinal);
        Assert.Contains("set email.", error.Message, StringComparison.Ordinal);
        await pipeline.TaskAsync(outcome.TaskId!.Value, TaskState.Succeeded);
        Assert.Equal(["ann@example.org", "bob@example.org"], Invitations.Of(pipeline).Emails);
    }

    [Theory]
    [InlineData("""{ "name": "Lee" }""", "lacks 'phone'")]
    [InlineData("""{ "name": "Lee", "phone": null, "others": [{ "name": "Kim" }] }""", "lacks 'others.phone'")]
    [InlineData("""{ "name": "Lee", "Phone": null, "others": [{ "name": "Kim", "phone": "1" }, { "name": "Joe" }] }""", "lacks 'others.phone'")]
    public async Task A_redacted_value_must_not_be_left_out(string edited, string reason)
    {
        await using var pipeline = await StartAsync();
        var id = await pipeline.AddAsync(new Contact("Lee", "12") { Others = [new Contact("Kim", "34")] });

        var error = await Assert.ThrowsAsync<EditedMessageException>(() => RunAsync(pipeline, id, edited));
        var outcome = await RunAsync(pipeline, id, """{ "name": "Lee", "phone": null, "others": [] }""");

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.NotNull(outcome.TaskId);
    }

    [Fact]
    public async Task Members_that_only_the_service_sets_keep_their_values()
    {
        await using var pipeline = await StartAsync();
        var id = await pipeline.AddAsync(new Invitation("ann", "ann@example.org") { Source = "service" });
        await pipeline.TaskAsync(id, TaskState.Succeeded);

        var error = await Assert.ThrowsAsync<EditedMessageException>(() => RunAsync(pipeline, id, """{ "name": "ann", "email": "a@example.org", "source": "me" }"""));
        var same = await RunAsync(pipeline, id, """{ "name": "ann", "email": "a@example.org", "source": "service" }""");
        var without = await RunAsync(pipeline, id, """{ "name": "ann", "email": "b@example.org" }""");

        Assert.Equal("'source' cannot be changed: only the service sets it.", error.Message);
        await pipeline.TaskAsync(same.TaskId!.Value, TaskState.Succeeded);
        await pipeline.TaskAsync(without.TaskId!.Value, TaskState.Succeeded);
        Assert.Equal(["service", "service", "service"], Invitations.Of(pipeline).Sources);
    }

    [Fact]
    public async Task Members_of_the_service_within_others_keep_their_values()
    {
        await using var pipeline = await StartAsync();
        var id = await pipeline.AddAsync(new Asked("ann", new Approval("no") { By = "service" }));

        var error = await Assert.ThrowsAsync<EditedMessageException>(() => RunAsync(pipeline, id, """{ "name": "ann", "approval": { "text": "yes", "by": "me" } }"""));
        Assert.NotNull((await RunAsync(pipeline, id, """{ "name": "ann", "approval": { "text": "yes" } }""")).TaskId);

        Assert.Equal("approval.by", Assert.Single(error.Problems.Keys));
        Assert.Equal(1, await UnderTest.CountAsync("task_payloads", "message LIKE '%yes%service%'"));
    }

    [Fact]
    public async Task A_message_with_redacted_values_that_cannot_be_edited_says_both()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var id = await pipeline.InUnitAsync((IBackgroundTasks tasks) => Task.FromResult(tasks.Add(new Contact("Lee", "12")).Id));

        var outcome = await RunAsync(pipeline, id);
        var edited = await RunAsync(pipeline, id, """{ "name": "Lee", "phone": "12" }""");

        Assert.Equal(
            "Values of its message were replaced when it was stored (phone), and a Contact cannot be edited, because it is not one of the task types that can be enqueued by name (GET /task-types).",
            outcome.Reason);
        Assert.Equal(outcome, edited);
    }

    [Fact]
    public async Task A_replacement_within_a_text_is_refused()
    {
        await using var pipeline = await StartAsync();
        var id = await pipeline.AddAsync(new Greet("ann"));

        var error = await Assert.ThrowsAsync<EditedMessageException>(() => RunAsync(pipeline, id, """{ "name": "Dear [redacted]" }"""));

        Assert.Equal("name", Assert.Single(error.Problems.Keys));
        Assert.Equal(1, await UnderTest.CountAsync("tasks"));
    }

    [Theory]
    [InlineData(1, "Its message was not kept, because it has 14 bytes, which is more than")]
    [InlineData(null, "Its message was not kept.")]
    public async Task A_message_that_was_not_kept_cannot_run_again(int? maxBytes, string reason)
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(
            UnderTest, configure: options => (options.Payloads.Keep, options.Payloads.MaxBytes) = (maxBytes is not null, maxBytes ?? 1));
        var id = await pipeline.AddAsync(new Greet("ann"));

        var outcome = await RunAsync(pipeline, id);

        Assert.Equal(ControlResult.Refused, outcome.Result);
        Assert.Contains(reason, outcome.Reason, StringComparison.Ordinal);
        Assert.Equal(ControlResult.NotFound, (await RunAsync(pipeline, Guid.CreateVersion7())).Result);
    }

    private Task<PipelineUnderTest> StartAsync() => PipelineUnderTest.StartAsync(UnderTest, addConsumers: x =>
    {
        x.AddSingleton<Invitations>();
        x.AddTaskType<Greet>().AddTaskType<Invitation>().AddTaskType<Contact>().AddTaskType<Asked>();
        x.AddConsumer<InvitationConsumer>();
    });

    private static Task<RunAgainOutcome> RunAsync(PipelineUnderTest pipeline, Guid id, string? message = null) => pipeline.InUnitAsync(
        (ITaskControl control) => control.RunAgainAsync(id, "test", message is null ? null : JsonSerializer.Deserialize<JsonElement>(message)));

    public sealed record Asked(string Name, Approval Approval);

    public sealed record Approval(string Text)
    {
        [ReadOnly(true)]
        public string By { get; init; } = "";
    }
}
