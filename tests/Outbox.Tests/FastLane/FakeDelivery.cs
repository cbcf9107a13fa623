using System.Text;
using System.Text.Json;
using Messaging.Outbox.FastLane;

namespace Messaging.Outbox.Tests.FastLane;

/// <summary>A delivery of a <see cref="Jot"/>, as a broker makes it of what the dispatcher sent.</summary>
internal sealed class FakeDelivery(Guid id, string name) : OfferedDelivery
{
    private readonly TaskCompletionSource<string> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string MessageType { get; init; } = "urn:message:Messaging.Outbox.Tests.MassTransit.Pipeline:Jot";
    public string? Text { get; init; }
    public Dictionary<string, object> EnvelopeHeaders { get; init; } = [];
    public Dictionary<string, object?> TransportHeaders { get; init; } = [];

    public bool CannotBeAcknowledged { get; init; }

    /// <summary>"acknowledged", "passed to the pipeline" or "abandoned".</summary>
    public Task<string> Answer => _answer.Task.WaitAsync(TimeSpan.FromSeconds(30));

    public bool IsAnswered => _answer.Task.IsCompleted;

    public override Uri InputAddress { get; } = new("loopback://localhost/jot");

    public override ReadOnlyMemory<byte> Body => Encoding.UTF8.GetBytes(Text ?? JsonSerializer.Serialize(new
    {
        messageId = id.ToString(),
        correlationId = id.ToString(),
        conversationId = Guid.Empty.ToString(),
        sourceAddress = "rabbitmq://localhost/api",
        messageType = new[] { MessageType },
        message = new { name },
        sentTime = "2026-11-27T05:00:00Z",
        headers = EnvelopeHeaders,
        host = new { machineName = "m", processName = "p", processId = 1 },
    }));

    public override string? ContentType { get; } = "application/vnd.masstransit+json";

    public override IEnumerable<string> HeaderNames => TransportHeaders.Keys;

    public override void Acknowledge() => _answer.SetResult(CannotBeAcknowledged ? throw new InvalidOperationException("no channel") : "acknowledged");

    public override void PassToPipeline() => _answer.SetResult("passed to the pipeline");

    public override void Abandon() => _answer.SetResult("abandoned");

    protected override bool TryGetHeader(string name, out object? value) =>
        TransportHeaders.TryGetValue(name, out value) || (value = name == "MessageId" ? $"{id}" : null) is not null;

    protected override IEnumerable<KeyValuePair<string, object>> Headers() => TransportHeaders.Select(h => KeyValuePair.Create(h.Key, h.Value!));
}
