using System.Collections.Concurrent;
using MassTransit;

namespace Messaging.Outbox.Transport;

/// <summary>The types of the messages that this process has staged or consumes, by the names that a message carries.</summary>
internal static class KnownMessages
{
    private static readonly ConcurrentDictionary<string, Type> Types = new(StringComparer.Ordinal);

    public static void Add<T>()
        where T : class
    {
        if (!Added<T>.IsDone) // asked for each message that is staged
        {
            Types.TryAdd(MessageUrn.ForTypeString<T>(), typeof(T));
            Added<T>.IsDone = true;
        }
    }

    /// <returns>The first of them that is known: a message names its own type before those that it derives from.</returns>
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
