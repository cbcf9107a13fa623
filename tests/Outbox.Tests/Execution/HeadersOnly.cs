using Messaging.Outbox.Deliveries;

namespace Messaging.Outbox.Tests.Execution;

/// <summary>A delivery with headers and without a body.</summary>
internal sealed class HeadersOnly(Dictionary<string, object> headers) : ReceivedMessage
{
    public override Uri InputAddress { get; } = new("loopback://localhost/queue");
    public override string? ContentType => null;
    public override string? MediaType => null;
    public override ReadOnlyMemory<byte> Body => default;
    public override CancellationToken CancellationToken => CancellationToken.None;

    protected override bool TryGetHeader(string name, out object? value) => headers.TryGetValue(name, out value);

    protected override IEnumerable<KeyValuePair<string, object>> Headers() => headers;
}
