using System.Text.Json;
using MassTransit;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Payloads;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.Control;

public sealed class SqliteEditedLetterTests : EditedLetterTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresEditedLetterTests : EditedLetterTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>A dead letter that is edited is sent only if it is a message of its type.</summary>
public abstract class EditedLetterTests : StoreSuite
{
    [Theory]
    [InlineData("""{ "name": 1, "email": "[redacted]" }""", "name")]
    [InlineData("""{ "email": "[redacted]" }""", "name")]
    [InlineData("""{ "name": "bob", "email": "[redacted]", "mail": "b@example.org" }""", "mail")]
    [InlineData("""{ "name": "bob", "email": "to [redacted]" }""", "email")]
    [InlineData("""{ "name": "bob", "email": "[redacted]", "source": "me" }""", "source")]
    public async Task An_edit_that_is_not_of_its_type_changes_nothing(string edited, string member)
    {
        await using var pipeline = await StartAsync();
        var id = await FailAsync(pipeline);

        var error = await Assert.ThrowsAsync<EditedMessageException>(() => RedriveAsync(pipeline, id, edited));

        Assert.Equal(member, Assert.Single(error.Problems.Keys));
        Assert.Equal(1, await UnderTest.CountAsync("dead_letters", "state = 0 AND edited_body IS NULL AND ended_at IS NULL"));
        Assert.Equal(0, await UnderTest.CountAsync("audit"));
        await Eventually.True(async () => await UnderTest.CountAsync("outbox") == 0, "the first message is settled, and no other was sent");
    }

    [Fact]
    public async Task A_slip_leaves_the_letter_waiting_in_a_unit_that_goes_on()
    {
        await using var pipeline = await StartAsync();
        var id = await FailAsync(pipeline);

        await pipeline.InUnitAsync(async (IDeadLetterControl control) =>
            await Assert.ThrowsAsync<EditedMessageException>(() => RedriveAsync(control, id, """{ "name": 1, "email": "[redacted]" }""")));

        Assert.Equal(1, await UnderTest.CountAsync("dead_letters", "state = 0 AND edited_body IS NULL AND ended_at IS NULL AND action_id IS NULL"));
        Fail(pipeline).Is = false;
        Assert.Equal(1, await RedriveAsync(pipeline, id, """{ "name": "bob", "email": "[redacted]" }"""));
    }

    [Fact]
    public async Task Redacted_values_and_those_of_the_service_stay()
    {
        await using var pipeline = await StartAsync();
        var id = await FailAsync(pipeline);
        Fail(pipeline).Is = false;

        Assert.Equal(1, await RedriveAsync(pipeline, id, """{ "name": "bob", "email": "[redacted]" }"""));

        await pipeline.TaskAsync(id, TaskState.Succeeded);
        Assert.Equal(("ann@example.org", "service"), (Invitations.Of(pipeline).Emails.Last(), Invitations.Of(pipeline).Sources.Last()));
        Assert.Equal(0, await UnderTest.CountAsync("audit", "details LIKE '%notChecked%'"));
    }

    [Fact]
    public async Task An_edit_of_an_unknown_type_is_sent_only_on_request()
    {
        await using var pipeline = await StartAsync();
        await pipeline.DeliverAsync(new RedriveTests.Unknown("x"), "greet", Guid.NewGuid());
        await Eventually.True(async () => await UnderTest.CountAsync("dead_letters", "reason = 'Skipped'") == 1, "it was skipped");

        var error = await Assert.ThrowsAsync<UncheckedEditException>(() => RedriveAllAsync(pipeline, isAllowed: false));
        Assert.Equal(1, await UnderTest.CountAsync("dead_letters", "state = 0"));
        Assert.Equal(1, await RedriveAllAsync(pipeline, isAllowed: true));

        Assert.Contains("this process does not know the type RedriveTests+Unknown", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, await UnderTest.CountAsync("audit", "action = 'dead-letter.edit-and-redrive' AND details LIKE '%\"notChecked\":1%'"));
    }

    private static Task<int> RedriveAsync(PipelineUnderTest pipeline, Guid task, string edited) => pipeline.InUnitAsync((IDeadLetterControl control) => RedriveAsync(control, task, edited));

    private static Task<int> RedriveAsync(IDeadLetterControl control, Guid task, string edited) =>
        control.RedriveAsync(new DeadLetterQuery { TaskId = task }, "test", DeadLetterEdit.Message(JsonSerializer.Deserialize<JsonElement>(edited)));

    private static Task<int> RedriveAllAsync(PipelineUnderTest pipeline, bool isAllowed) => pipeline.InUnitAsync((IDeadLetterControl control) =>
        control.RedriveAsync(
            new DeadLetterQuery { Reason = DeadLetterReason.Skipped }, "test", DeadLetterEdit.Message(JsonSerializer.SerializeToElement(new { name = "y" }), isAllowed)));

    private static Failing Fail(PipelineUnderTest pipeline) => pipeline.Services.GetRequiredService<Failing>();

    private static async Task<Guid> FailAsync(PipelineUnderTest pipeline)
    {
        var id = await pipeline.AddAsync(new Invitation("ann", "ann@example.org") { Source = "service" });
        await pipeline.TaskAsync(id, TaskState.Failed);
        return id;
    }

    private Task<PipelineUnderTest> StartAsync() => PipelineUnderTest.StartAsync(UnderTest, addConsumers: x =>
    {
        x.AddSingleton<Invitations>();
        x.AddSingleton<Failing>();
        x.AddConsumer<FailingInvitationConsumer>();
    });

    public sealed class Failing
    {
        public bool Is { get; set; } = true;
    }

    public sealed class FailingInvitationConsumer(Failing failing, Invitations invitations) : IConsumer<Invitation>
    {
        public Task Consume(ConsumeContext<Invitation> context)
        {
            invitations.Add(context.Message);
            return failing.Is ? throw new InvalidOperationException("no") : Task.CompletedTask;
        }
    }
}
