using System.Reflection;
using System.Text.Json.Serialization.Metadata;
using MassTransit;
using Messaging.Outbox.Payloads;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.MassTransit.Starting;

/// <summary>
/// Warns of members of messages whose setter is not public: they are written and not read, so a consumer sees a default in place of what was sent.
/// </summary>
internal sealed partial class LostMembersCheck(IBus bus, MessageTypes types, IBusMessages messages, ILogger<LostMembersCheck> logger) : StartCheck
{
    protected override void Check()
    {
        _ = bus.Address; // with the bus the endpoints are configured, and their messages known
        var lost = types.Named.Concat(types.Seen).Distinct().Where(type => type is { IsClass: true, IsAbstract: false }).SelectMany(MembersOf).Order(StringComparer.Ordinal).ToList();
        if (lost.Count > 0)
        {
            LogLost(string.Join(", ", lost));
        }
    }

    private IEnumerable<string> MembersOf(Type type) =>
        MessageShape.InfoOf(type, messages.Json) is { Kind: JsonTypeInfoKind.Object } info
            ? info.Properties.Where(IsLost).Select(property => $"{type.Name}.{((PropertyInfo)property.AttributeProvider!).Name}")
            : [];

    private static bool IsLost(JsonPropertyInfo property) =>
        property is { Get: not null, Set: null, AssociatedParameter: null, IsExtensionData: false, AttributeProvider: PropertyInfo { SetMethod.IsPublic: false } };

    [LoggerMessage(
        EventId = 1903, EventName = "MembersNotRead", Level = LogLevel.Warning,
        Message = "A message loses members on its way: {Members} can be written as JSON and not be read, because the setter is not public. Use init, or name a constructor parameter like the member")]
    private partial void LogLost(string members);
}
