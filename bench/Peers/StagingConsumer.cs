using MassTransit;
using Messaging.Outbox;
using Messaging.ServiceDefaults.Hosting;
using Messaging.ServiceDefaults.Messaging;

namespace Messaging.Bench.Peers;

/// <summary>This project's library as somebody else would use it: an ordinary consumer that stages one INSERT a message, and does not say that it does nothing else.</summary>
internal static class StagingConsumer
{
    private const int Batch = 500;

    /// <summary>Hands tasks on, and ends when all of them are with the broker. Settings are in the environment, as the worker's.</summary>
    public static async Task<int> ProduceAsync(int count)
    {
        var builder = ServiceHost.CreateSlimBuilder([]);
        builder.AddMessaging();
        builder.Logging.AddLoggingDefaults();
        await using var app = builder.Build();
        await app.StartAsync();
        for (var added = 0; added < count; added += Batch)
        {
            await using var scope = app.Services.CreateAsyncScope();
            var tasks = scope.ServiceProvider.GetRequiredService<IBackgroundTasks>();
            for (var i = 0; i < Batch; i++)
            {
                var id = Guid.CreateVersion7();
                tasks.Add(new WriteEntry { Id = id, Message = $"entry {added + i}" }, id);
            }

            await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync();
        }

        var store = app.Services.GetRequiredService<IStoreReader>();
        while ((await store.QueryAsync("SELECT count(*) FROM outbox", [], row => row.GetInt64(0), CancellationToken.None))[0] > 0)
        {
            await Task.Delay(100);
        }

        await app.StopAsync();
        return 0;
    }

    /// <summary>Consumes until it is told to end.</summary>
    public static async Task<int> ConsumeAsync()
    {
        var builder = ServiceHost.CreateSlimBuilder([]);
        builder.AddMessaging(x => x.AddConsumer<StageEntryConsumer, TaskConsumerDefinition<StageEntryConsumer>>());
        builder.Logging.AddLoggingDefaults();
        await using var app = builder.Build();
        await app.RunAsync();
        return 0;
    }
}

internal sealed class StageEntryConsumer(IUnitOfWork unit) : IConsumer<WriteEntry>
{
    public Task Consume(ConsumeContext<WriteEntry> context)
    {
        unit.Execute(
            "INSERT INTO log_entries (id, message, logged_at) VALUES ($1, $2, $3)", context.Message.Id, context.Message.Message, DateTimeOffset.UtcNow);
        return Task.CompletedTask;
    }
}
