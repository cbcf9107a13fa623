using System.Threading.RateLimiting;
using RabbitMQ.Client;

namespace Messaging.Bench.Peers;

/// <summary>RabbitMQ.Client by itself: persistent messages to a queue, with publisher confirms, a thousand of them outstanding.</summary>
internal static class BarePublisher
{
    private const int Outstanding = 1_000;

    public static async Task<int> RunAsync(string broker, string queue, int count, int bytes)
    {
        var body = new byte[bytes];
        Random.Shared.NextBytes(body);
        await using var connection = await new ConnectionFactory { Uri = new Uri(broker) }.CreateConnectionAsync();
        // Its own ThrottlingRateLimiter sleeps when many are outstanding: a thousand a second.
        using var limiter = new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = Outstanding });
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(
            publisherConfirmationsEnabled: true,
            publisherConfirmationTrackingEnabled: true,
            outstandingPublisherConfirmationsRateLimiter: limiter));
        using var free = new SemaphoreSlim(Outstanding);
        var pending = new List<Task>(count);
        for (var i = 0; i < count; i++)
        {
            await free.WaitAsync();
            pending.Add(PublishAsync());
        }

        await Task.WhenAll(pending);
        return 0;

        async Task PublishAsync()
        {
            try
            {
                var properties = new BasicProperties { Persistent = true, ContentType = "application/json", MessageId = Guid.NewGuid().ToString() };
                await channel.BasicPublishAsync("", queue, mandatory: true, properties, body);
            }
            finally
            {
                free.Release();
            }
        }
    }
}
