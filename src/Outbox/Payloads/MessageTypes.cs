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

    private readonly ConcurrentDictionary<Type, IReadOnlyList<string>> _keys = new();

    private HashSet<string>? _sensitive;
    private ILookup<string, Type>? _byName;

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
            .SelectMany(type => _keys.GetOrAdd(type, known => MessagePlan.Of(known).Keys.Names))
            .Distinct(StringComparer.Ordinal);

    public void Add(Type type) => _seen.TryAdd(type.FullName ?? type.Name, type);

    /// <returns>Null for a type that this process does not know.</returns>
    public Type? Find(string fullName) =>
        _seen.TryGetValue(fullName, out var type) ? type
        : Assemblies.Select(assembly => assembly.GetType(fullName)).FirstOrDefault(found => found is { IsClass: true });

    /// <summary>Whether a task's kind is the name of a type whose content is sensitive, as far as this process knows it.</summary>
    public bool IsSensitive(string kind) =>
        (_sensitive ??= [.. Assemblies.SelectMany(LoadableTypes.Of).Where(type => LoadableTypes.Read(type, IsSensitive)).Select(type => type.Name)]).Contains(kind)
        || _seen.Values.Any(type => type.Name == kind && IsSensitive(type));

    /// <summary>The paths that are redacted in messages of types of this short name, as far as this process knows them.</summary>
    public IReadOnlyList<string> RedactedOf(string name) =>
    [
        .. (_byName ??= Assemblies.SelectMany(LoadableTypes.Of).Where(IsMessage).ToLookup(type => type.Name, StringComparer.Ordinal))[name]
            .Concat(_seen.Values.Where(type => type.Name == name))
            .SelectMany(RedactedOf)
            .Distinct(StringComparer.Ordinal),
    ];

    private static IReadOnlyList<string> RedactedOf(Type type) =>
        LoadableTypes.Read(type, t => MessageGraph.Of(t).Where(m => RedactedProperties.IsRedacted(m.Property)).Select(m => m.Path).ToList()) ?? [];

    private static bool IsMessage(Type type) => type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false };

    private static bool IsSensitive(Type type) => type.GetCustomAttribute<SensitiveAttribute>(inherit: true) is not null;
}
