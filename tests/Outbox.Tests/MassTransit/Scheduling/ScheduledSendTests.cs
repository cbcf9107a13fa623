using MassTransit;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;

namespace Messaging.Outbox.Tests.MassTransit.Scheduling;

public sealed class SqliteScheduledSendTests : ScheduledSendTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresScheduledSendTests : ScheduledSendTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>What a consumer schedules, and what it takes back.</summary>
public abstract class ScheduledSendTests : StoreSuite
{
    [Theory]
    [InlineData(3_600)]
    [InlineData(0)] // due at once, and not sent before the commit
    public async Task A_message_cancelled_by_its_own_consumer_is_not_sent(int seconds)
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Greet = async (context, _) =>
        {
            var cancelled = await ScheduleAsync(context, "cancelled", seconds);
            await ScheduleAsync(context, "kept", seconds);
            await context.GetPayload<MessageSchedulerContext>().CancelScheduledSend(cancelled);
        };

        await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Succeeded);
        if (seconds > 0)
        {
            await Eventually.True(async () => await UnderTest.CountAsync("outbox") == 1, "only the kept one is left"); // a row is deleted after its message was sent
            Assert.Equal(1, await UnderTest.CountAsync("outbox", "waiting = 1"));
            return;
        }

        Assert.Equal("kept", Assert.Single(await pipeline.SentAsync<Greeted>()).Context.Message.Name);
    }

    private static Task<ScheduledMessage<Greeted>> ScheduleAsync(ConsumeContext context, string name, int seconds) =>
        context.GetPayload<MessageSchedulerContext>().ScheduleSend(
            new Uri("queue:greeted"), TimeSpan.FromSeconds(seconds), new Greeted(name));
}
