using System.Text.RegularExpressions;
using RabbitMQ.Client;

namespace Messaging.EndToEnd.Tests.RabbitMq;

/// <summary>Queues that are there already, with other arguments than the settings ask for.</summary>
public sealed class QueueArgumentTests
{
    [Fact]
    public async Task Queues_with_other_arguments_are_used_as_they_are()
    {
        await using var system = await RealSystem.CreateAsync();
        await using (var connection = await new ConnectionFactory { Uri = Servers.RabbitMq, VirtualHost = system.VirtualHost }.CreateConnectionAsync())
        await using (var channel = await connection.CreateChannelAsync())
        {
            await DeclareAsync(channel, "log-requested", ("x-queue-type", "quorum"), ("x-delivery-limit", 30), ("x-dead-letter-exchange", "log-requested_error"), ("x-dead-letter-strategy", "at-least-once"), ("x-overflow", "reject-publish"));
            await DeclareAsync(channel, "user-registered"); // classic
            await DeclareAsync(channel, "cache-refresh-requested", ("x-queue-type", "quorum"), ("x-delivery-limit", 20), ("x-dead-letter-exchange", "elsewhere"));
            await DeclareAsync(channel, "user-registered_error", ("x-max-priority", 5));
        }

        await system.StartApi().ReadyAsync();
        await system.StartWorker().ReadyAsync();
        await new Ledger().SendOneAsync(system.Api.Client, "/log?message=still-here");
        await new Ledger().SendOneAsync(system.Api.Client, "/register?email=ann@example.org");

        await Eventually.True(async () => await system.CountAsync("activity_log WHERE message = 'still-here'") == 1, "the entry is stored");
        await Eventually.True(async () => await system.CountAsync("tasks WHERE finished_at IS NULL") == 0, "all tasks are done");
        await Eventually.True(() => Differing(system) >= 4, "what differs is printed"); // the line comes over a pipe
        foreach (var queue in (string[])["log-requested", "user-registered", "cache-refresh-requested", "user-registered_error"])
        {
            Assert.Single(Regex.Matches(system.Worker.Output, $"Queue {queue} exists with arguments that differ", RegexOptions.None, TimeSpan.FromSeconds(1)));
        }

        Assert.Equal(4, Differing(system));
        Assert.Contains("x-delivery-limit", system.Worker.Output, StringComparison.Ordinal);
    }

    private static int Differing(RealSystem system) => Regex.Count(system.Worker.Output, "exists with arguments that differ", RegexOptions.None, TimeSpan.FromSeconds(1));

    private static Task DeclareAsync(IChannel channel, string queue, params (string Key, object? Value)[] arguments) =>
        channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, arguments.ToDictionary(a => a.Key, a => a.Value));
}
