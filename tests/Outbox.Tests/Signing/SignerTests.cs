using System.Security.Cryptography;
using System.Text;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Signing;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Tests.Signing;

public sealed class SignerTests
{
    private static readonly OutboxMessage Row = new()
    {
        Id = 1,
        MessageId = Guid.CreateVersion7(),
        Attempts = 0,
        Destination = "rabbitmq://localhost/host/mails?type=topic",
        ContentType = "application/vnd.masstransit+json",
        Metadata = "{}",
        Body = "{}"u8.ToArray(),
    };

    private static readonly Dictionary<string, object> Headers = new() { ["Task-Id"] = Row.MessageId.ToString(), ["Task-Attempts"] = 2, ["Colour"] = "red" };

    [Fact]
    public void A_signed_message_is_valid_with_each_known_key()
    {
        Assert.Null(Of("a", "b").Check(Taken(Of("b").Sign(Row, Headers)), "mails"));
        Assert.NotNull(Of("a").Check(Taken(Of("b").Sign(Row, Headers)), "mails"));
    }

    [Theory]
    [InlineData("id")]
    [InlineData("body")]
    [InlineData("type")]
    [InlineData("task")]
    [InlineData("attempts")]
    [InlineData("part")]
    [InlineData("message type")]
    [InlineData("destination")]
    public void A_changed_message_is_forged(string what)
    {
        var signer = Of("a");
        var taken = Taken(signer.Sign(Row, Headers));
        taken = what switch
        {
            "id" => taken with { MessageId = Guid.CreateVersion7().ToString() },
            "body" => taken with { Body = "[]"u8.ToArray() },
            "type" => taken with { ContentType = "application/json" },
            "task" => With(taken, "Task-Id", "0"),
            "attempts" => With(taken, "Task-Attempts", 1L),
            "part" => With(taken, "Task-Part", 1),
            "message type" => With(taken, "MT-MessageType", "urn:message:Other"),
            _ => With(taken, "Outbox-Signature", signer.Sign(Row, Headers).Replace(";mails", ";other", StringComparison.Ordinal)),
        };

        Assert.Equal(DeadLetterReason.Forged, signer.Check(taken, "mails")?.Reason);
    }

    [Fact]
    public void A_message_of_another_queue_is_forged()
    {
        var consumers = new ConsumerRegistry();
        consumers.Add(new Uri("rabbitmq://localhost/host/mails"), "urn:message:Mail", "MailConsumer");
        var signer = new MessageSigner(Options.Create(With("a")), new QueueDirectory(consumers, new QueueEndpoints()));

        Assert.Null(signer.Check(Taken(signer.Sign(Row, Headers)), "mails"));
        Assert.Equal("It was sent to another queue.", signer.Check(Taken(signer.Sign(Row, Headers)), "invoices")?.Error);
    }

    [Fact]
    public void A_media_type_is_the_same_in_every_spelling()
    {
        var signer = Of("a");
        var signature = signer.Sign(Row with { ContentType = "application/json;charset=utf-8" }, Headers);

        Assert.Null(signer.Check(Taken(signature) with { ContentType = "application/json; charset=utf-8" }, "mails"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("none;;")]
    [InlineData(null)]
    public void A_malformed_media_type_is_forged(string? contentType)
    {
        var signer = Of("a");

        Assert.Equal(DeadLetterReason.Forged, signer.Check(Taken(signer.Sign(Row, Headers)) with { ContentType = contentType }, "mails")?.Reason);
    }

    public static SigningKey KeyOf(string id) => new() { Id = id, Key = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(id))) };

    private static MessageSigner Of(params string[] ids) => new(Options.Create(With(ids)), new QueueDirectory(new ConsumerRegistry(), new QueueEndpoints()));

    private static OutboxOptions With(params string[] ids) => new() { Signing = new SigningOptions { Keys = [.. ids.Select(KeyOf)] } };

    /// <summary>As RabbitMQ has it: strings are bytes.</summary>
    private static TakenMessage Taken(string signature) => With(
        new TakenMessage(
            Row.MessageId.ToString(),
            [.. Headers.Select(h => KeyValuePair.Create(h.Key, h.Value is string text ? Encoding.UTF8.GetBytes(text) : (object?)h.Value))],
            Row.ContentType,
            Row.Body),
        "Outbox-Signature",
        signature);

    private static TakenMessage With(TakenMessage message, string header, object value) =>
        message with { Headers = [.. message.Headers.Where(h => h.Key != header), KeyValuePair.Create(header, (object?)value)] };
}
