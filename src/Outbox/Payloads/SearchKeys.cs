using System.Reflection;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;

namespace Messaging.Outbox.Payloads;

/// <summary>The search keys of a message type (<see cref="SearchKeyAttribute"/>).</summary>
internal sealed partial class SearchKeys
{
    private const int Max = 8;

    private readonly List<(string Name, JsonPropertyInfo Property)> _keys;

    private SearchKeys(List<(string Name, JsonPropertyInfo Property)> keys) => _keys = keys;

    public bool IsEmpty => _keys.Count == 0;

    /// <summary>The names of the keys.</summary>
    public IReadOnlyList<string> Names => [.. _keys.Select(key => key.Name)];

    /// <exception cref="OutboxConfigurationException">A key is wrong.</exception>
    public static SearchKeys Of(Type message, IReadOnlyList<(string Path, bool IsNested, JsonPropertyInfo Property)> graph)
    {
        var keys = new List<(string Name, JsonPropertyInfo Property)>();
        foreach (var member in graph.Where(m => AttributeOf(m.Property.AttributeProvider) is not null))
        {
            var name = AttributeOf(member.Property.AttributeProvider)!.Name ?? member.Property.Name;
            if (ErrorOf(member, name, keys) is { } error)
            {
                throw Wrong(message, member.Path, error);
            }

            keys.Add((name, member.Property));
        }

        // A property that JSON does not show would be left out in silence.
        var hidden = PropertiesOf(message).FirstOrDefault(p => AttributeOf(p) is not null && !keys.Exists(k => k.Property.AttributeProvider is PropertyInfo own && own.Name == p.Name));
        return hidden is null ? new SearchKeys(keys)
            : throw Wrong(message, hidden.Name, "it is not a public property that is written to JSON.");
    }

    /// <summary>The keys of a message.</summary>
    public IReadOnlyList<TaskKey> Of(object message)
    {
        var keys = new List<TaskKey>(_keys.Count);
        foreach (var (name, property) in _keys)
        {
            if (SearchKeyValue.Of(property.Get!(message)) is { } value)
            {
                keys.Add(new TaskKey(name, value));
            }
        }

        return keys;
    }

    private static string? ErrorOf((string Path, bool IsNested, JsonPropertyInfo Property) member, string name, List<(string Name, JsonPropertyInfo Property)> before) =>
        member.IsNested ? "only a property of the message itself can be one: repeat the value there."
        : RedactedProperties.IsRedacted(member.Property) ? "it is [Redacted] as well, and its value must not be stored."
        : !SearchKeyValue.IsFor(member.Property.PropertyType) ? $"its type {member.Property.PropertyType.Name} is not a string, boolean, integer, decimal, UUID, enum, date or time."
        : !Name().IsMatch(name) ? $"the name '{name}' is not 1 to 64 letters, digits, '_', '-' or '.', beginning with a letter."
        : before.Exists(k => string.Equals(k.Name, name, StringComparison.OrdinalIgnoreCase)) ? $"another property has the key '{name}' as well."
        : before.Count == Max ? $"a message has at most {Max} search keys."
        : null;

    private static OutboxConfigurationException Wrong(Type message, string property, string error) =>
        new($"[SearchKey] on {message.FullName}.{property}: {error}");

    private static SearchKeyAttribute? AttributeOf(ICustomAttributeProvider? provider) =>
        provider?.GetCustomAttributes(typeof(SearchKeyAttribute), inherit: true).FirstOrDefault() as SearchKeyAttribute;

    private static IEnumerable<PropertyInfo> PropertiesOf(Type message) =>
        message.GetProperties(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic);

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_.-]{0,63}\z", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Name();
}
