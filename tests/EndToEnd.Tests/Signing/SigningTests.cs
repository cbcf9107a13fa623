using System.Net.Http.Json;
using System.Text;
using RabbitMQ.Client;

namespace Messaging.EndToEnd.Tests.Signing;

/// <summary>Somebody with a user on the broker, against a service that signs what it sends.</summary>
public sealed class SigningTests
{
    private const string Queue = "user-registered";

    private static readonly (string, string)[] Signed =
    [
        ("Outbox__Signing__Keys__0__Id", "first"), ("Outbox__Signing__Keys__0__Key", Convert.ToBase64String(new byte[32])),
    ];

    [Fact]
    public async Task Every_message_of_the_service_is_signed_even_when_retried()
    {
        await using var system = await RealSystem.StartAsync(Signed);
        var ledger = new Ledger();
        system.Smtp.Replies.Enqueue("451 not now");
        await ledger.SendOneAsync(system.Api.Client, "/register?email=ann@example.org"); // over MassTransit
        await ledger.AllSucceededAsync(system.Api.Client);
        system.Smtp.Replies.Enqueue("451 not now");
        await ledger.SendOneAsync(system.Api.Client, "/register?email=bob@example.org"); // past it
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => ledger.SendOneAsync(system.Api.Client, $"/log?message=entry{i}")));

        await ledger.AllSucceededAsync(system.Api.Client);
        await Eventually.True(async () => await system.CountAsync("activity_log") == 52, "all is logged");
        Assert.Equal((2, 4), (system.Smtp.Mails.Count, system.Smtp.Attempts));
        Assert.Equal((52L, 0L), (await system.CountAsync("activity_log"), await system.CountAsync("dead_letters")));
    }

    [Fact]
    public async Task An_unsigned_message_with_a_tasks_id_changes_nothing()
    {
        await using var system = await RealSystem.StartAsync(Signed);
        var (ledger, real) = await TakeOneAsync(system);
        var body = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(real.Body.Span).Replace("ann@", "eve@", StringComparison.Ordinal));
        var unsigned = Copy(real);
        unsigned.Headers!.Remove("Outbox-Signature");

        await system.SendAsync(Queue, unsigned, body);
        await system.SendAsync(Queue, Copy(real), body); // with the signature of the real one
        await system.SendAsync($"{Queue}_error", unsigned, body);
        await system.SendAsync(Queue, Copy(real), real.Body);
        await system.StartWorker().ReadyAsync();

        await ledger.AllSucceededAsync(system.Api.Client);
        Assert.Contains("ann@", Assert.Single(system.Smtp.Mails), StringComparison.Ordinal);
        await Eventually.True(async () => await system.CountAsync("dead_letters") == 3, "all three are refused");
        Assert.Equal(
            (2L, 1L), (await system.CountAsync("dead_letters WHERE reason = 'Unsigned' AND task_id IS NULL"), await system.CountAsync("dead_letters WHERE reason = 'Forged' AND task_id IS NULL")));
    }

    [Fact]
    public async Task Headers_that_are_called_like_properties_stop_nothing()
    {
        await using var system = await RealSystem.StartAsync(Signed);
        var (ledger, real) = await TakeOneAsync(system);
        var odd = Copy(real);
        odd.Headers!.Remove("Outbox-Signature");
        odd.CorrelationId = Guid.NewGuid().ToString();
        foreach (var property in (string[])["MessageId", "CorrelationId", "RabbitMQ-RoutingKey", "RabbitMQ-DeliveryTag"])
        {
            odd.Headers[property] = "odd";
        }

        await system.SendAsync(Queue, odd, real.Body);
        await system.SendAsync($"{Queue}_error", odd, real.Body);
        await system.SendAsync(Queue, Copy(real), real.Body);
        await system.StartWorker().ReadyAsync();

        await ledger.AllSucceededAsync(system.Api.Client);
        await Eventually.True(async () => await system.CountAsync("dead_letters WHERE reason = 'Unsigned'") == 2, "both are refused");
    }

    [Fact]
    public async Task A_purge_cancels_no_task_of_an_unsigned_message()
    {
        await using var system = await RealSystem.StartAsync(Signed);
        var (ledger, real) = await TakeOneAsync(system);
        var unsigned = Copy(real);
        unsigned.Headers!.Remove("Outbox-Signature");

        await system.SendAsync(Queue, unsigned, real.Body);
        await Eventually.True(async () => await system.MessagesAsync(Queue) == 1, "it is in the queue");
        using var purge = await system.Api.Client.PostAsJsonAsync($"/queues/{Queue}/purge", new { count = 1 });
        purge.EnsureSuccessStatusCode();
        await Eventually.True(async () => await system.MessagesAsync(Queue) == 0, "the queue is empty");
        await system.SendAsync(Queue, Copy(real), real.Body);
        await system.StartWorker().ReadyAsync();

        await ledger.AllSucceededAsync(system.Api.Client);
    }

    [Fact]
    public async Task No_header_from_the_broker_names_a_row_of_the_outbox()
    {
        await using var system = await RealSystem.StartAsync();
        await system.ExecuteAsync(
            """
            INSERT INTO outbox (id, due_at, message_id, destination, content_type, metadata, body) OVERRIDING SYSTEM VALUE
            VALUES (77, now() + interval '1 day', gen_random_uuid(), 'rabbitmq://localhost/x', 'x', '{}', '')
            """);
        var (ledger, real) = await TakeOneAsync(system);

        var named = Copy(real);
        named.Headers!["Outbox-Id"] = 77L;
        await system.SendAsync(Queue, named, real.Body);
        await system.StartWorker().ReadyAsync();

        await ledger.AllSucceededAsync(system.Api.Client);
        Assert.Equal(1, await system.CountAsync("outbox WHERE id = 77"));
    }

    /// <summary>A registration's message, taken off its queue as it came, and no worker.</summary>
    private static async Task<(Ledger Ledger, BasicGetResult Message)> TakeOneAsync(RealSystem system)
    {
        await Eventually.True(async () => await system.CountAsync($"queues WHERE name = '{Queue}'") == 1, "the queue is reported");
        await system.Worker.TerminateAsync();
        var ledger = new Ledger();
        await ledger.WelcomeAsync(system, "ann@example.org");
        await Eventually.True(async () => await system.MessagesAsync(Queue) == 1 && await system.CountAsync("outbox WHERE id <> 77") == 0, "it is at the broker");
        return (ledger, await system.GetAsync(Queue));
    }

    private static BasicProperties Copy(BasicGetResult message) => new(message.BasicProperties)
    {
        Headers = new Dictionary<string, object?>(message.BasicProperties.Headers!, StringComparer.Ordinal),
    };
}
