using System.Collections.Concurrent;
using MassTransit;

namespace Messaging.Outbox.MassTransit.Sending;

/// <summary>The types of messages that this process has staged or consumes, by their names on the wire.</summary>
internal static class KnownMessages
{
    private static readonly ConcurrentDictionary<string, Type> Types = new(StringComparer.Ordinal);

    public static void Add<T>()
        where T : class
    {
        if (!Added<T>.IsDone) // runs for each staged message
        {
            Types.TryAdd(MessageUrn.ForTypeString<T>(), typeof(T));
            Added<T>.IsDone = true;
        }
    }

    /// <returns>The first type that is known: a message lists its own type before its base types.</returns>
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
