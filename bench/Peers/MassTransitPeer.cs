using MassTransit;
using Npgsql;

namespace Messaging.Bench.Peers;

/// <summary>A message of about the size of the product's.</summary>
public sealed record WriteEntry
{
    public required Guid Id { get; init; }

    public required string Message { get; init; }
}

/// <summary>MassTransit by itself, over a quorum queue: nothing between the message and the broker, nor between the delivery and its effect.</summary>
internal static class MassTransitPeer
{
    public const string Queue = "peer-entries";

    private const int Outstanding = 100;

    /// <summary>Awaited publishes, a hundred at once, which is about where it is fastest.</summary>
    public static async Task<int> PublishAsync(string broker, int count)
    {
        using var host = Build(broker, database: null);
        await host.StartAsync();
        var bus = host.Services.GetRequiredService<IBus>();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = Outstanding },
            async (number, token) => await bus.Publish(new WriteEntry { Id = Guid.CreateVersion7(), Message = $"entry {number}" }, token));
        await host.StopAsync();
        return 0;
    }

    /// <summary>A consumer that makes one INSERT a message, until it is told to end.</summary>
    public static async Task<int> ConsumeAsync(string broker, string database)
    {
        using var host = Build(broker, database);
        await host.RunAsync();
        return 0;
    }

    private static IHost Build(string broker, string? database)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        if (database is not null)
        {
            builder.Services.AddSingleton(NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database) { MaxAutoPrepare = 16, AutoPrepareMinUsages = 2 }));
        }

        builder.Services.AddMassTransit(x =>
        {
            x.DisableUsageTelemetry();
            if (database is not null)
            {
                x.AddConsumer<WriteEntryConsumer>();
            }

            x.UsingRabbitMq((context, rabbit) =>
            {
                rabbit.Host(new Uri(broker));
                if (database is not null)
                {
                    rabbit.ReceiveEndpoint(Queue, endpoint =>
                    {
                        endpoint.SetQuorumQueue();
                        endpoint.PrefetchCount = 64;
                        endpoint.ConcurrentMessageLimit = 32;
                        endpoint.ConfigureConsumer<WriteEntryConsumer>(context);
                    });
                }
            });
        });
        return builder.Build();
    }
}

internal sealed class WriteEntryConsumer(NpgsqlDataSource source) : IConsumer<WriteEntry>
{
    public async Task Consume(ConsumeContext<WriteEntry> context)
    {
        await using var insert = source.CreateCommand("INSERT INTO log_entries (id, message, logged_at) VALUES ($1, $2, now())");
        insert.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = context.Message.Id });
        insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = context.Message.Message });
        await insert.ExecuteNonQueryAsync(context.CancellationToken);
    }
}
