using System.Collections.Frozen;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Messaging.Outbox.Tasks;

/// <summary>The message types that can be enqueued by name, over the API and by schedules.</summary>
internal sealed class TaskTypes
{
    /// <summary>Strict, so that an operator's typing error is refused and not ignored.</summary>
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new EnumNameConverter() },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { RemoveReadOnly } },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        AllowDuplicateProperties = false,
    };

    /// <summary>
    /// Members with <c>[ReadOnly(true)]</c> are set by the service's own code only: a caller that enqueues by name cannot set
    /// them.
    /// </summary>
    private static void RemoveReadOnly(JsonTypeInfo type)
    {
        foreach (var property in type.Properties.Where(p => p.AttributeProvider?.IsDefined(typeof(ReadOnlyAttribute), inherit: true) == true).ToList())
        {
            type.Properties.Remove(property);
        }
    }

    private readonly FrozenDictionary<string, Type> _types;
    private readonly FrozenDictionary<string, Type> _declared;

    /// <param name="added">The registered types.</param>
    /// <param name="declared">The declared schedules: each may enqueue its own type, registered or not.</param>
    internal TaskTypes(IEnumerable<Type> added, IEnumerable<ScheduledTaskType> declared)
    {
        if (added.FirstOrDefault(t => t.Namespace is null) is { } nameless)
        {
            throw new OutboxConfigurationException($"The task type {nameless.Name} has no namespace, and messages are named by it: declare it in one.");
        }

        var byName = added.Distinct().ToLookup(t => t.Name);
        if (byName.FirstOrDefault(g => g.Count() > 1) is { } ambiguous)
        {
            throw new OutboxConfigurationException(
                $"More than one task type is called {ambiguous.Key}: {string.Join(", ", ambiguous.Select(t => t.FullName))}.");
        }

        _types = byName.ToFrozenDictionary(g => g.Key, g => g.Single());
        _declared = declared.GroupBy(d => d.Schedule).ToFrozenDictionary(g => g.Key, g => g.First().Type);
        Names = [.. _types.Keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>The names of the types, sorted.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Whether there is a type of that name; case-sensitive.</summary>
    public bool Contains(string name) => _types.ContainsKey(name);

    /// <summary>A message of the type to begin with; null if there is no type of that name.</summary>
    public JsonObject? ExampleOf(string name, DateTimeOffset now) => Find(name, schedule: null) is { } type ? new MessageExample(now).Of(type) : null;

    /// <summary>Whether a schedule may enqueue the type: a registered type, or that of the schedule's own declaration.</summary>
    internal bool ContainsFor(string schedule, string name) => Find(name, schedule) is not null;

    /// <summary>
    /// Reads a message from JSON: names in camel case, enums as strings. Every required member must be present, and unknown
    /// members are refused.
    /// </summary>
    /// <param name="name">The name of the type.</param>
    /// <param name="json">The message as JSON.</param>
    /// <param name="message">The message, if it could be read.</param>
    /// <param name="error">Otherwise the error with its path, without the value.</param>
    public bool TryRead(
        string name, JsonElement json, [NotNullWhen(true)] out TaskMessage? message, [NotNullWhen(false)] out string? error) =>
        TryRead(Find(name, schedule: null), name, json, out message, out error);

    /// <summary>Reads a schedule's message (<see cref="ContainsFor"/>).</summary>
    internal bool TryReadFor(
        string schedule, string name, JsonElement json, [NotNullWhen(true)] out TaskMessage? message, [NotNullWhen(false)] out string? error) =>
        TryRead(Find(name, schedule), name, json, out message, out error);

    private Type? Find(string name, string? schedule) =>
        _types.GetValueOrDefault(name) ?? (schedule is not null && _declared.GetValueOrDefault(schedule) is { } own && own.Name == name ? own : null);

    private static bool TryRead(
        Type? type, string name, JsonElement json, [NotNullWhen(true)] out TaskMessage? message, [NotNullWhen(false)] out string? error)
    {
        (message, error) = (null, null);
        if (type is null)
        {
            error = "has a type that is not one of the task types.";
            return false;
        }

        try
        {
            if (json.Deserialize(type, Json) is { } read)
            {
                message = TaskMessage.Of(read, type);
                return true;
            }

            error = $"is not a {name}: it is null.";
        }
        catch (JsonException exception)
        {
            error = $"is not a {name}: {Describe(exception)}";
        }
        catch (Exception exception) when (exception is NotSupportedException or ArgumentException or InvalidOperationException or FormatException)
        {
            error = $"is not a {name}: it cannot be read ({exception.GetType().Name}).";
        }

        return false;
    }

    /// <summary>Without line and column, which refer to JSON that the caller has not seen.</summary>
    private static string Describe(JsonException exception)
    {
        var end = exception.Message.IndexOf(" Path: ", StringComparison.Ordinal);
        var reason = end < 0 ? exception.Message : exception.Message[..end];
        return exception.Path is null or "$" ? reason : $"{exception.Path}: {reason}";
    }
}
