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

    private IReadOnlyList<Type>? _marked;

    /// <summary>The types that are registered.</summary>
    public IReadOnlyCollection<Type> Named => _named;

    /// <summary>The assemblies of the registered types.</summary>
    public IEnumerable<Assembly> Assemblies => _named.Select(t => t.Assembly).Distinct();

    /// <inheritdoc/>
    public IEnumerable<string> SearchKeyNames =>
        _named.Concat(_seen.Values).Concat(_marked ??= [.. Assemblies.SelectMany(MarkedOf)]).Distinct().SelectMany(type => _keys.GetOrAdd(type, known => MessagePlan.Of(known).Keys.Names)).Distinct(StringComparer.Ordinal);

    public void Add(Type type) => _seen.TryAdd(type.FullName ?? type.Name, type);

    /// <returns>Null for a type that this process does not know.</returns>
    public Type? Find(string fullName) =>
        _seen.TryGetValue(fullName, out var type) ? type
        : Assemblies.Select(assembly => assembly.GetType(fullName)).FirstOrDefault(found => found is { IsClass: true });

    /// <summary>Whether a task's kind is the name of a type whose content is sensitive, as far as this process knows it.</summary>
    public bool IsSensitive(string kind) =>
        (_sensitive ??= [.. Assemblies.SelectMany(a => a.GetExportedTypes()).Where(IsSensitive).Select(type => type.Name)]).Contains(kind)
        || _seen.Values.Any(type => type.Name == kind && IsSensitive(type));

    /// <summary>None of an assembly that misses an optional dependency: what it can load is seen when it is enqueued.</summary>
    private static IEnumerable<Type> MarkedOf(Assembly assembly)
    {
        try
        {
            return [.. assembly.GetExportedTypes().Where(MessageTypesCheck.IsMarked)];
        }
        catch (Exception exception) when (exception is TypeLoadException or IOException or BadImageFormatException or ReflectionTypeLoadException)
        {
            return [];
        }
    }

    private static bool IsSensitive(Type type) => type.GetCustomAttribute<SensitiveAttribute>(inherit: true) is not null;
}
