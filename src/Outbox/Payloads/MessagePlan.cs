using System.ComponentModel;
using System.Reflection;
using System.Text.Json.Serialization.Metadata;

namespace Messaging.Outbox.Payloads;

/// <summary>What the attributes of a message type say about its content.</summary>
internal sealed record MessagePlan
{
    public required bool IsSensitive { get; init; }

    /// <summary>The paths of the properties whose values are replaced.</summary>
    public required IReadOnlyList<string> Redacted { get; init; }

    public required SearchKeys Keys { get; init; }

    /// <exception cref="OutboxConfigurationException">An attribute is used in a way that cannot work.</exception>
    public static MessagePlan Of(Type message)
    {
        var graph = MessageGraph.Of(message);
        if (graph.FirstOrDefault(m => RedactedProperties.IsRedacted(m.Property) && IsReadOnly(m.Property)) is { Path: { } path })
        {
            throw new OutboxConfigurationException(
                $"{message.FullName}.{path} is [Redacted] and [ReadOnly]: its value is not kept, and nobody may give it when the task is run again. Remove one of them.");
        }

        var keys = SearchKeys.Of(message, graph);
        var isSensitive = message.GetCustomAttribute<SensitiveAttribute>(inherit: true) is not null;
        return isSensitive && !keys.IsEmpty
            ? throw new OutboxConfigurationException($"{message.FullName} is [Sensitive], so nothing of it is stored for searches: remove its [SearchKey].")
            : new MessagePlan
            {
                IsSensitive = isSensitive,
                Redacted = [.. graph.Where(m => RedactedProperties.IsRedacted(m.Property)).Select(m => m.Path).Distinct(StringComparer.Ordinal)],
                Keys = keys,
            };
    }

    private static bool IsReadOnly(JsonPropertyInfo property) => property.AttributeProvider?.IsDefined(typeof(ReadOnlyAttribute), inherit: true) == true;
}
