using System.Collections.Frozen;
using Messaging.Outbox.Deliveries;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Signing;

/// <summary>
/// The headers that determine a message's task, attempts, identity and type. Others belong to the application, whose envelope
/// repeats them in the signed body, or to the broker.
/// </summary>
internal static class SignedHeaders
{
    /// <summary>Their order is part of the signature.</summary>
    private static readonly string[] Names =
    [
        OutboxHeaders.TaskId, OutboxHeaders.Part, OutboxHeaders.Redrives, OutboxHeaders.AttemptsBeforeRedrive, OutboxHeaders.HasSuccessors,
        OutboxHeaders.Consumers, OutboxHeaders.UniqueKey, OutboxHeaders.Outside, OutboxHeaders.Attempts, OutboxHeaders.Redeliveries, OutboxHeaders.DelaySeconds,
        WireHeaders.RedeliveryCount, WireHeaders.OriginalMessageId, WireHeaders.MessageType,
    ];

    private static readonly FrozenDictionary<string, int> Indexes = Names.Index().ToFrozenDictionary(n => n.Item, n => n.Index, StringComparer.Ordinal);

    public static string?[] Of(IEnumerable<KeyValuePair<string, object>>? headers)
    {
        var values = new string?[Names.Length];
        foreach (var (name, value) in headers ?? [])
        {
            Set(values, name, value);
        }

        return values;
    }

    public static string?[] OfDelivery(IEnumerable<KeyValuePair<string, object?>> headers, out string? signature)
    {
        var values = new string?[Names.Length];
        signature = null;
        foreach (var (name, value) in headers)
        {
            if (string.Equals(name, OutboxHeaders.Signature, StringComparison.Ordinal))
            {
                signature = HeaderText.Of(value);
            }
            else
            {
                Set(values, name, value);
            }
        }

        return values;
    }

    public static string?[] OfDelivery(ReceivedMessage message) => [.. Names.Select(message.HeaderText)];

    private static void Set(string?[] values, string name, object? value)
    {
        if (Indexes.TryGetValue(name, out var index))
        {
            values[index] = HeaderText.Of(value);
        }
    }
}
