using BenchmarkDotNet.Attributes;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;

namespace Messaging.Micro;

/// <summary>What is written for each message besides its envelope, and what is kept of a batch that was sent.</summary>
public class Serializing
{
    private const int Batch = 500;

    private static readonly MessageMetadata Metadata = new()
    {
        ConversationId = Guid.CreateVersion7(),
        SourceAddress = new Uri("rabbitmq://localhost/api_bus_abcdefghijklmnop?temporary=true"),
        MessageTypes = ["urn:message:Messaging.Contracts:LogRequested"],
        Mandatory = true,
        Headers = new Dictionary<string, object> { ["Task-Id"] = Guid.CreateVersion7().ToString() },
        Properties = new Dictionary<string, object> { ["RMQ-Exchange"] = "Messaging.Contracts:LogRequested" },
    };

    private readonly string _json = Metadata.ToJson();

    private readonly OutboxMessage[] _messages = [.. Enumerable.Range(0, Batch).Select(i => new OutboxMessage
    {
        Id = i,
        MessageId = Guid.CreateVersion7(),
        Attempts = 0,
        Destination = "rabbitmq://localhost/Messaging.Contracts:LogRequested",
        ContentType = "application/vnd.masstransit+json",
        Metadata = Metadata.ToJson(),
        Body = new byte[700],
    })];

    [Benchmark]
    public string WriteMetadata() => Metadata.ToJson();

    [Benchmark]
    public object ReadMetadata() => MessageMetadata.FromJson(_json);

    [Benchmark(OperationsPerInvoke = Batch)]
    public object PackSent() => SentBatch.Pack(_messages, TimeSpan.FromMinutes(10));
}
