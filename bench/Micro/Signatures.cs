using System.Security.Cryptography;
using System.Text;
using BenchmarkDotNet.Attributes;
using Messaging.Outbox;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Signing;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Options;

namespace Messaging.Micro;

/// <summary>What a signature costs whoever sends a message, and whoever consumes it.</summary>
public class Signatures
{
    private readonly MessageSigner _signer = new(
        Options.Create(new OutboxOptions { Signing = new SigningOptions { Keys = [new SigningKey { Id = "a", Key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) }] } }),
        new QueueDirectory(new ConsumerRegistry(), new QueueEndpoints()));

    private readonly Guid _id = Guid.CreateVersion7();
    private OutboxMessage _row = null!;
    private Dictionary<string, object> _headers = null!;
    private TakenMessage _taken = null!;

    [Params(1_024, 65_536)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _row = new OutboxMessage
        {
            Id = 1,
            MessageId = _id,
            Attempts = 0,
            Destination = "rabbitmq://localhost/messaging/log-requested",
            ContentType = "application/vnd.masstransit+json",
            Metadata = "{}",
            Body = RandomNumberGenerator.GetBytes(Bytes),
        };
        _headers = new() { ["Task-Id"] = _id.ToString() };
        _taken = new TakenMessage(
            _id.ToString(),
            [new("Task-Id", Encoding.UTF8.GetBytes(_id.ToString())), new("Outbox-Signature", Encoding.UTF8.GetBytes(_signer.Sign(_row, _headers)))],
            _row.ContentType,
            _row.Body);
    }

    [Benchmark]
    public string Sign() => _signer.Sign(_row, _headers);

    [Benchmark]
    public bool Verify() => _signer.Check(_taken, "log-requested") is null;
}
