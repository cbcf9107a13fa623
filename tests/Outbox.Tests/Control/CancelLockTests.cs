using Messaging.Outbox.Control;
using Messaging.Outbox.Rows;
using Messaging.Outbox.Tasks;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;

namespace Messaging.Outbox.Tests.Control;

/// <summary>Operators who do opposite things to the same tasks at once wait for each other, and never in a circle.</summary>
public sealed class CancelLockTests : StoreSuite
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();

    [Fact]
    public async Task Tasks_are_locked_in_the_order_of_their_ids()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var now = DateTimeOffset.UtcNow;
        var (low, high) = (Guid.CreateVersion7(now), Guid.CreateVersion7(now.AddSeconds(1)));
        foreach (var id in new[] { high, low }) // in this order they lie in the table
        {
            await pipeline.InUnitAsync((IBackgroundTasks tasks) => Task.FromResult(
                TaskMessage.Of(new Greet("a"), typeof(Greet)).AddTo((BackgroundTasks)tasks, new StagingOptions { Id = id, Delay = TimeSpan.FromHours(1) })));
        }

        await using var other = await HoldAsync(low, "");
        var cancel = pipeline.InUnitAsync((ITaskControl control) => ((TaskControl)control).CancelManyAsync([high, low], [], SuccessorPolicy.Cancel, now, default));
        await Eventually.True(async () => await WaitingAsync() > 0, "it waits for the lower one");

        await (await HoldAsync(high, "NOWAIT")).DisposeAsync(); // nobody has the higher one
        await other.DisposeAsync();

        Assert.Equal(2, (await cancel).Cancelled.Count);
    }

    private async Task<IAsyncDisposable> HoldAsync(Guid task, string how)
    {
        var connection = await UnderTest.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"BEGIN; SELECT 1 FROM {UnderTest.NameOf("tasks")} WHERE id = '{task}' FOR UPDATE {how}";
        await command.ExecuteNonQueryAsync();
        return connection; // its transaction ends with it
    }

    private async Task<long> WaitingAsync()
    {
        await using var connection = await UnderTest.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM pg_locks WHERE NOT granted AND (database IS NULL OR database = (SELECT oid FROM pg_database WHERE datname = current_database()))";
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
