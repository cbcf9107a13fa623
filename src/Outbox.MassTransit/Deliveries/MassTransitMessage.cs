using MassTransit;
using Messaging.Outbox.Deliveries;

namespace Messaging.Outbox.MassTransit.Deliveries;

/// <summary>A delivery that MassTransit received.</summary>
internal sealed class MassTransitMessage(ReceiveContext context) : ReceivedMessage
{
    public override Uri InputAddress => context.InputAddress;
    public override string? ContentType => context.ContentType?.ToString();
    public override string? MediaType => context.ContentType?.MediaType;
    public override ReadOnlyMemory<byte> Body => context.GetBody();
    public override CancellationToken CancellationToken => context.CancellationToken;

    protected override bool TryGetHeader(string name, out object? value) => context.TransportHeaders.TryGetHeader(name, out value);

    protected override IEnumerable<KeyValuePair<string, object>> Headers() =>
        context.TransportHeaders.GetAll().Where(h => h.Value is not null).Select(h => KeyValuePair.Create(h.Key, h.Value));
}

/// <summary>Gets the outbox's delivery from MassTransit's contexts.</summary>
internal static class ReceivedMessageExtensions
{
    /// <summary>The delivery of a receive context. It is created once and kept as a payload.</summary>
    public static ReceivedMessage Received(this ReceiveContext context) => context.GetOrAddPayload<ReceivedMessage>(() => new MassTransitMessage(context));

    /// <summary>The delivery that is being consumed.</summary>
    public static ReceivedMessage Received(this ConsumeContext context) => context.ReceiveContext.Received();
}
