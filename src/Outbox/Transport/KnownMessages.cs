using System.Collections.Concurrent;
using MassTransit;

namespace Messaging.Outbox.Transport;

/// <summary>The types of the messages that this process has staged or consumes, by the names that a message carries.</summary>
internal static class KnownMessages
{
    private static readonly ConcurrentDictionary<string, Type> Types = new(StringComparer.Ordinal);

    public static void Note<T>()
        where T : class
    {
        if (!Noted<T>.Done) // asked for each message that is staged
        {
            Types.TryAdd(MessageUrn.ForTypeString<T>(), typeof(T));
            Noted<T>.Done = true;
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

    private static class Noted<T>
    {
        public static volatile bool Done;
    }
}
