using System.Collections.Concurrent;
using System.Reflection;
using Messaging.Outbox.Tasks;

namespace Messaging.Outbox.Payloads;

/// <summary>
/// The message types that this process knows by their full names: those that it has enqueued or can enqueue by name, and the others of
/// their assemblies. No other type is created from a name in the database.
/// </summary>
internal sealed class MessageTypes(IEnumerable<RegisteredTaskType> registered, IEnumerable<ScheduledTaskType> scheduled) : ISearchKeyNames
{
    private readonly ConcurrentDictionary<string, Type> _seen = new(StringComparer.Ordinal);
    private readonly HashSet<Type> _named = [.. registered.Select(t => t.Type), .. scheduled.Select(t => t.Type)];

    private readonly ConcurrentDictionary<Type, IReadOnlyList<string>> _keys = new(), _redacted = new();

    private HashSet<string>? _sensitive;
    private ILookup<string, Type>? _known;

    private IReadOnlyList<Type>? _marked;

    /// <summary>The types that are registered.</summary>
    public IReadOnlyCollection<Type> Named => _named;

    /// <summary>The assemblies of the registered types.</summary>
    public IEnumerable<Assembly> Assemblies => _named.Select(t => t.Assembly).Distinct();

    /// <inheritdoc/>
    public IEnumerable<string> SearchKeyNames =>
        _named.Concat(_seen.Values)
            .Concat(_marked ??= [.. Assemblies.SelectMany(LoadableTypes.Of).Where(type => LoadableTypes.Read(type, MessageTypesCheck.IsMarked))])
            .Distinct()
            .SelectMany(type => _keys.GetOrAdd(type, KeysOf))
            .Distinct(StringComparer.Ordinal);

    public void Add(Type type) => _seen.TryAdd(type.FullName ?? type.Name, type);

    /// <returns>Null for a type that this process does not know.</returns>
    public Type? Find(string fullName) =>
        _seen.TryGetValue(fullName, out var type) ? type
        : Assemblies.Select(assembly => assembly.GetType(fullName)).FirstOrDefault(found => found is { IsClass: true });

    /// <summary>Whether a task's kind is the name of a type whose content is sensitive, as far as this process knows it.</summary>
    public bool IsSensitive(string kind) =>
        (_sensitive ??= [.. Assemblies.SelectMany(LoadableTypes.Of).Where(type => LoadableTypes.Read(type, IsSensitive)).SelectMany(NamesOf)]).Contains(kind)
        || _seen.Values.Any(type => IsSensitive(type) && NamesOf(type).Contains(kind, StringComparer.Ordinal));

    /// <summary>
    /// The paths that are redacted in messages of types of this short name, as far as this process knows them. Of a name that it does not know, those of all
    /// types: a message whose type cannot be told may be any of them.
    /// </summary>
    public IReadOnlyList<string> RedactedOf(string? name)
    {
        var known = _known ??= Assemblies.SelectMany(LoadableTypes.Of).Where(IsMessage)
            .SelectMany(NamesOf, (type, of) => (Name: of, Type: type))
            .ToLookup(named => named.Name, named => named.Type, StringComparer.Ordinal);
        var types = name is null ? [] : known[name].Concat(_seen.Values.Where(type => NamesOf(type).Contains(name, StringComparer.Ordinal))).ToList();
        return
        [
            .. (types.Count > 0 ? types : known.SelectMany(named => named).Concat(_seen.Values))
                .SelectMany(type => _redacted.GetOrAdd(type, RedactedOf))
                .Distinct(StringComparer.Ordinal),
        ];
    }

    /// <summary>As a kind, and as the last part of MassTransit's URN has it, which begins with the outer types of a nested one.</summary>
    private static string[] NamesOf(Type type)
    {
        var path = type.Name;
        for (var outer = type.DeclaringType; outer is not null; outer = outer.DeclaringType)
        {
            path = $"{outer.Name}+{path}";
        }

        return path == type.Name ? [path] : [type.Name, path];
    }

    /// <summary>None of a type with a slip, which is refused with its first message.</summary>
    private static IReadOnlyList<string> KeysOf(Type type)
    {
        try
        {
            return LoadableTypes.Read(type, known => MessagePlan.Of(known).Keys.Names) ?? [];
        }
        catch (OutboxConfigurationException)
        {
            return [];
        }
    }

    private static IReadOnlyList<string> RedactedOf(Type type) =>
        LoadableTypes.Read(type, t => MessageGraph.Of(t).Where(m => RedactedProperties.IsRedacted(m.Property)).Select(m => m.Path).ToList()) ?? [];

    private static bool IsMessage(Type type) => type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false };

    private static bool IsSensitive(Type type) => type.GetCustomAttribute<SensitiveAttribute>(inherit: true) is not null;
}
