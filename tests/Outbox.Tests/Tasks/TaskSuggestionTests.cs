using Messaging.Outbox.Payloads;
using Messaging.Outbox.Tasks;
using Messaging.Outbox.Tests.Bulk;
using Messaging.Outbox.Tests.Stores;

namespace Messaging.Outbox.Tests.Tasks;

public sealed class SqliteTaskSuggestionTests : TaskSuggestionTests
{
    private protected override string Now => "0";

    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresTaskSuggestionTests : TaskSuggestionTests
{
    private protected override string Now => "now()";

    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>Values for the filter of tasks.</summary>
public abstract class TaskSuggestionTests : StoreSuite
{
    private sealed record Mail([property: SearchKey] string ParcelNo, [property: SearchKey("parcelOwner")] int Number, string Text);

    [Fact]
    public async Task Kinds_are_those_of_the_task_types_and_of_recent_tasks()
    {
        await ManyTasks.AddAsync(UnderTest, 3, "Remind by mail", createdAt: DateTimeOffset.UtcNow.AddMinutes(-6)); // before the others, which are of five minutes ago
        await ManyTasks.AddAsync(UnderTest, 2_000, "Usual");
        await ManyTasks.AddAsync(UnderTest, 1, "Old", createdAt: DateTimeOffset.UtcNow.AddDays(-1));

        Assert.Equal(["Mail", "Usual"], await FindAsync(SuggestedField.Kind, null));
        await ManyTasks.AddAsync(UnderTest, 1, "Remind by mail");
        Assert.Equal(["Mail", "Remind by mail"], await FindAsync(SuggestedField.Kind, "MAIL"));
    }

    [Fact]
    public async Task Queues_and_states_are_found_by_a_part_of_their_names()
    {
        foreach (var queue in (string[])["user-mail", "mail", "log"])
        {
            await UnderTest.ExecuteAsync($"INSERT INTO {UnderTest.NameOf("queues")} (name, message_types, updated_at) VALUES ('{queue}', '[]', {Now})");
        }

        Assert.Equal(["mail", "user-mail"], await FindAsync(SuggestedField.Queue, "mail"));
        Assert.Equal(["Running", "Retrying"], (await FindAsync(SuggestedField.State, "r")).Take(2));
        Assert.Equal(Enum.GetNames<TaskState>(), await FindAsync(SuggestedField.State, null));
        Assert.Empty(await FindAsync(SuggestedField.Worker, null));
    }

    [Fact]
    public async Task Keys_are_those_that_message_types_declare()
    {
        Assert.Equal(["parcelNo", "parcelOwner"], await FindAsync(SuggestedField.Key, "PARCEL"));
        Assert.Equal(["parcelNo"], await FindAsync(SuggestedField.Key, "parceln"));
    }

    [Fact]
    public async Task What_the_caller_does_not_see_is_not_searched()
    {
        await ManyTasks.AddAsync(UnderTest, 1, "Remind ann");
        await ManyTasks.AddAsync(UnderTest, 1, "Remind bob");

        Assert.Equal(["Remind ***"], await FindAsync(SuggestedField.Kind, "remind", Masked)); // one value of two
        Assert.Empty(await FindAsync(SuggestedField.Kind, "ann", Masked));
        Assert.Equal(["Remind ann"], await FindAsync(SuggestedField.Kind, "ann"));

        static string Masked(string value) => value.StartsWith("Remind", StringComparison.Ordinal) ? "Remind ***" : value;
    }

    [Fact]
    public async Task No_more_than_twenty_are_suggested()
    {
        for (var i = 0; i < 25; i++)
        {
            await ManyTasks.AddAsync(UnderTest, 1, $"Kind {i}");
        }

        Assert.Equal(TaskSuggestions.MaxItems, (await FindAsync(SuggestedField.Kind, "kind")).Count);
    }

    private protected abstract string Now { get; }

    private async Task<IReadOnlyList<string>> FindAsync(SuggestedField field, string? text, Func<string, string>? shown = null) =>
        [.. (await new TaskSuggestions(UnderTest.Own, new TaskTypes([typeof(Mail)], []), new MessageTypes([new RegisteredTaskType(typeof(Mail))], [])).FindAsync(field, text, shown ?? (value => value), default)).Select(s => s.Value)];
}
