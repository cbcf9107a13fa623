using System.Collections.Concurrent;
using MassTransit;
using Messaging.Outbox.Payloads;

namespace Messaging.Outbox.MassTransit.Sending;

/// <summary>The message types that this process has staged or consumes, by their URNs.</summary>
internal static class KnownMessages
{
    private static readonly ConcurrentDictionary<string, Type> Types = new(StringComparer.Ordinal);

    public static void Add<T>()
        where T : class
    {
        if (!Added<T>.IsDone) // a fast path: this runs for each staged message
        {
            _ = MessagePlan.Of(typeof(T)); // of a consumer's message that is at the start
            Types.TryAdd(MessageUrn.ForTypeString<T>(), typeof(T));
            Added<T>.IsDone = true;
        }
    }

    /// <returns>The first known type; a message lists its own type before its base types. Null if none is known.</returns>
    public static Type? Find(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (Types.TryGetValue(name, out var type))
            {
                return type;
            }
        }

        return null;
    }

    private static class Added<T>
    {
        public static volatile bool IsDone;
    }
}
