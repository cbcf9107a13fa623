using System.Diagnostics;
using Messaging.Outbox;
using Messaging.Outbox.RabbitMq;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Messaging.EndToEnd.Tests.RabbitMq;

/// <summary>The separate connection of the library.</summary>
public sealed class RabbitMqChannelsTests
{
    [Fact]
    public async Task A_connection_does_not_keep_the_span_that_opened_it()
    {
        var user = Servers.RabbitMq.UserInfo.Split(':');
        var options = new RabbitMqOptions { Host = $"{Servers.RabbitMq.Host}:{Servers.RabbitMq.Port}", Username = user[0], Password = user[1] };
        await using var channels = new RabbitMqChannels(Options.Create(options), "test");
        using var dispatch = new Activity("dispatch").Start();
        await using var channel = await channels.OpenAsync(TestContext.Current.CancellationToken);
        var seen = new TaskCompletionSource<Activity?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, _) =>
        {
            seen.TrySetResult(Activity.Current);
            return Task.CompletedTask;
        };
        var queue = (await channel.QueueDeclareAsync(cancellationToken: TestContext.Current.CancellationToken)).QueueName;
        await channel.BasicConsumeAsync(queue, autoAck: true, consumer, TestContext.Current.CancellationToken);

        await channel.BasicPublishAsync("", queue, ReadOnlyMemory<byte>.Empty, TestContext.Current.CancellationToken);

        Assert.Null(await seen.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.Same(dispatch, Activity.Current);
    }
}
