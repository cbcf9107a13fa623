using MassTransit;
using Messaging.Outbox.Payloads;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.MassTransit.Starting;

/// <summary>
/// Warns of types that can be enqueued by name or by a schedule and that no consumer takes, where the bus is in memory and no other process can
/// have one. With a broker the consumer may be in a worker that is started later.
/// </summary>
internal sealed partial class UntakenTypesCheck(IBus bus, MessageTypes types, ConsumerRegistry consumers, ILogger<UntakenTypesCheck> logger) : StartCheck
{
    protected override void Check()
    {
        var untaken = InMemoryAddress.Is(bus.Address)
            ? types.Named.Where(type => !consumers.IsTaken(MessageTypeCache.GetMessageTypeNames(type))).Select(type => type.Name).Order(StringComparer.Ordinal).ToList()
            : [];
        if (untaken.Count > 0)
        {
            LogUntaken(string.Join(", ", untaken));
        }
    }

    [LoggerMessage(
        EventId = 1902, EventName = "TypesNotTaken", Level = LogLevel.Warning,
        Message = "No consumer of this process takes {Types}, and a bus in memory has no others: tasks of that kind wait and then fail. Check that their consumers are added, as in x.AddConsumer<MyConsumer>()")]
    private partial void LogUntaken(string types);
}
