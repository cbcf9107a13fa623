using System.Collections.Concurrent;
using System.Reflection;
using Messaging.Outbox.Tasks;

namespace Messaging.Outbox.Payloads;

/// <summary>
/// The message types that this process knows: those that it has staged, consumes or can enqueue by name, and the others of the assemblies of
/// the latter. No other type is created from a name in the database.
/// </summary>
internal sealed class MessageTypes(IEnumerable<RegisteredTaskType> registered, IEnumerable<ScheduledTaskType> scheduled, IBusMessages? bus = null) : ISearchKeyNames
{
    private const int MaxNotFound = 1_000;

    private readonly ConcurrentDictionary<Type, bool> _seen = new();
    private readonly ConcurrentDictionary<string, bool> _notFound = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Type> _seenByFullName = new(StringComparer.Ordinal), _seenByWireName = new(StringComparer.Ordinal);
    private readonly HashSet<Type> _named = [.. registered.Select(t => t.Type), .. scheduled.Select(t => t.Type)];
    private readonly ConcurrentDictionary<Type, IReadOnlyList<string>> _keys = new(), _redacted = new();

    private IReadOnlyList<Type>? _messages, _marked;
    private HashSet<string>? _sensitive;
    private Dictionary<string, Type>? _byWireName;

    /// <summary>The types that this process has staged or consumes.</summary>
    public IEnumerable<Type> Seen => _seen.Keys;

    /// <summary>The types that are registered.</summary>
    public IReadOnlyCollection<Type> Named => _named;

    /// <summary>The assemblies of the registered types.</summary>
    public IEnumerable<Assembly> Assemblies => _named.Select(t => t.Assembly).Distinct();

    /// <inheritdoc/>
    public IEnumerable<string> SearchKeyNames =>
        _named.Concat(_seen.Keys)
            .Concat(_marked ??= [.. Assemblies.SelectMany(LoadableTypes.Of).Where(type => LoadableTypes.Read(type, MessageTypesCheck.IsMarked))])
            .Distinct()
            .SelectMany(type => _keys.GetOrAdd(type, KeysOf))
            .Distinct(StringComparer.Ordinal);

    /// <summary>Records a type that this process stages or consumes; it is called for each staged message.</summary>
    /// <exception cref="OutboxConfigurationException">An attribute of the type is used in a way that cannot work.</exception>
    public void Add(Type type)
    {
        if (_seen.ContainsKey(type))
        {
            return;
        }

        _ = MessagePlan.Of(type); // of a consumer's message that is at the start
        _seenByFullName.TryAdd(type.FullName ?? type.Name, type);
        if (bus?.NameOf(type) is { } name)
        {
            _seenByWireName.TryAdd(name, type);
        }

        if (_seen.TryAdd(type, true))
        {
            _notFound.Clear(); // it may be an argument of one of them
        }
    }

    /// <returns>Null for a type that this process does not know.</returns>
    public Type? Find(string fullName) =>
        _seenByFullName.TryGetValue(fullName, out var type) ? type
        : Assemblies.Select(assembly => In(assembly, fullName)).FirstOrDefault(found => found is { IsClass: true });

    /// <param name="name">A name on the wire.</param>
    /// <returns>Null for a type that this process does not know.</returns>
    public Type? FindByWireName(string name) =>
        _seenByWireName.TryGetValue(name, out var seen) ? seen
        : ByWireName.TryGetValue(name, out var type) ? type
        : Made(name);

    /// <summary>Whether a task's kind is the name of a type whose content is sensitive, as far as this process knows it.</summary>
    public bool IsSensitive(string kind) =>
        (_sensitive ??= [.. Messages.Where(type => LoadableTypes.Read(type, IsSensitive)).SelectMany(NamesOf)]).Contains(kind)
        || _seen.Keys.Any(type => IsSensitive(type) && NamesOf(type).Contains(kind, StringComparer.Ordinal));

    public static bool IsSensitive(Type type) => type.GetCustomAttribute<SensitiveAttribute>(inherit: true) is not null;

    /// <summary>
    /// The paths that are redacted in messages of a type. Of one that this process does not know (null) those of all types: it may be any of them.
    /// </summary>
    public IReadOnlyList<string> RedactedOf(Type? type) =>
        type is not null ? _redacted.GetOrAdd(type, RedactedIn)
        : [.. Messages.Concat(_seen.Keys).SelectMany(known => _redacted.GetOrAdd(known, RedactedIn)).Distinct(StringComparer.Ordinal)];

    private IReadOnlyList<Type> Messages => _messages ??= [.. Assemblies.SelectMany(LoadableTypes.Of).Where(IsMessage)];

    /// <summary>A stranger may send any number of names, so those that were not found are kept up to a limit. A type that is seen later is looked up before them.</summary>
    private Type? Made(string name)
    {
        if (bus is null || _notFound.ContainsKey(name))
        {
            return null;
        }

        if (bus.MakeGeneric(name, Assemblies.SelectMany(LoadableTypes.Of).Where(t => t.IsGenericTypeDefinition), Find) is { } made)
        {
            return _seenByWireName.GetOrAdd(name, made);
        }

        if (_notFound.Count < MaxNotFound)
        {
            _notFound.TryAdd(name, true);
        }

        return null;
    }

    /// <summary>The name may be that of a stranger, which need not be one of a type.</summary>
    private static Type? In(Assembly assembly, string fullName)
    {
        try
        {
            return fullName.Length == 0 ? null : assembly.GetType(fullName);
        }
        catch (Exception exception) when (exception is ArgumentException or FileLoadException or BadImageFormatException)
        {
            return null;
        }
    }

    private Dictionary<string, Type> ByWireName
    {
        get
        {
            if (_byWireName is { } known)
            {
                return known;
            }

            var names = new Dictionary<string, Type>(StringComparer.Ordinal);
            foreach (var type in bus is null ? [] : Messages)
            {
                if (LoadableTypes.Read(type, bus!.NameOf) is { } name)
                {
                    names.TryAdd(name, type);
                }
            }

            return _byWireName = names;
        }
    }

    /// <summary>As a kind, and as the last part of the name on the wire has it, which begins with the outer types of a nested one.</summary>
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

    private static IReadOnlyList<string> RedactedIn(Type type) =>
        LoadableTypes.Read(
            type, t => MessageGraph.Of(t).Where(m => RedactedProperties.IsRedacted(m.Property)).Select(m => m.Path).Distinct(StringComparer.Ordinal).ToList()) ?? [];

    private static bool IsMessage(Type type) => type is { ContainsGenericParameters: false } and ({ IsClass: true, IsAbstract: false } or { IsInterface: true });
}
