using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Messaging.Outbox.Payloads;

/// <summary>The properties of a message as JSON shows them: its own, and those of the objects and lists in it.</summary>
internal static class MessageGraph
{
    /// <summary>A graph whose types refer to each other has very many paths; what is redacted is redacted beyond them too.</summary>
    private const int MaxPaths = 1_000;

    /// <returns>
    /// Each property with its path, such as <c>customer.email</c>; the items of lists have no step of their own, and a type is not entered within
    /// itself. Empty for a message that is not written as an object.
    /// </returns>
    public static IReadOnlyList<(string Path, bool IsNested, JsonPropertyInfo Property)> Of(Type message)
    {
        var found = new List<(string, bool, JsonPropertyInfo)>();
        Add(message, prefix: "", found, []);
        return found;
    }

    private static void Add(Type type, string prefix, List<(string Path, bool IsNested, JsonPropertyInfo Property)> found, HashSet<Type> within)
    {
        if (found.Count < MaxPaths && within.Add(type))
        {
            AddMembers(type, prefix, found, within);
            within.Remove(type);
        }
    }

    private static void AddMembers(Type type, string prefix, List<(string Path, bool IsNested, JsonPropertyInfo Property)> found, HashSet<Type> within)
    {
        if (InfoOf(type) is not { } info)
        {
            return;
        }

        if (info.ElementType is { } element)
        {
            Add(element, prefix, found, within);
            return;
        }

        foreach (var derived in info.PolymorphismOptions?.DerivedTypes ?? [])
        {
            Add(derived.DerivedType, prefix, found, within);
        }

        foreach (var property in info.Properties.Where(p => p.Get is not null))
        {
            found.Add(($"{prefix}{property.Name}", prefix.Length > 0, property));
            Add(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType, $"{prefix}{property.Name}.", found, within);
        }
    }

    /// <returns>Null for a type that the serializer does not support: its messages are not kept.</returns>
    private static JsonTypeInfo? InfoOf(Type type)
    {
        try
        {
            return PayloadJson.Writing.GetTypeInfo(type);
        }
        catch (Exception exception) when (exception is NotSupportedException or InvalidOperationException or ArgumentException or JsonException)
        {
            return null;
        }
    }
}
