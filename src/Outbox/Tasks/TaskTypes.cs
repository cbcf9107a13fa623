using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using MassTransit;
using Messaging.Outbox.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Messaging.Outbox;

/// <summary>The message types that can be handed on by name: over the API, and by a schedule.</summary>
public sealed class TaskTypes
{
    /// <summary>Strict: what an operator mistypes is to be refused, and not to be left out.</summary>
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new EnumNameConverter() },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        AllowDuplicateProperties = false,
    };

    private readonly FrozenDictionary<string, Type> _types;

    internal TaskTypes(IReadOnlyCollection<TaskTypeAssembly> added)
    {
        var byName = added.Select(a => a.Assembly).Distinct().SelectMany(a => a.GetExportedTypes())
            .Where(IsMessage).Except(added.SelectMany(a => a.Except)).ToLookup(t => t.Name);
        if (byName.FirstOrDefault(g => g.Count() > 1) is { } ambiguous)
        {
            throw new ConfigurationException(
                $"More than one task type is called {ambiguous.Key}: {string.Join(", ", ambiguous.Select(t => t.FullName))}.");
        }

        _types = byName.ToFrozenDictionary(g => g.Key, g => g.Single());
        Names = [.. _types.Keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>What they are called, in order: the names of the types.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Whether there is a type of that name; upper and lower case differ.</summary>
    public bool Contains(string name) => _types.ContainsKey(name);

    /// <summary>
    /// Reads a message: names in camel case, enums as text. Every required member has to be there, and none that the type does
    /// not have.
    /// </summary>
    /// <param name="name">The name of the type.</param>
    /// <param name="json">The message.</param>
    /// <param name="message">The message, when it could be read.</param>
    /// <param name="error">Otherwise why not: where, and what is wrong there, without the value.</param>
    public bool TryRead(
        string name, JsonElement json, [NotNullWhen(true)] out TaskMessage? message, [NotNullWhen(false)] out string? error)
    {
        (message, error) = (null, null);
        if (!_types.TryGetValue(name, out var type))
        {
            error = "is of a type that is not known here.";
            return false;
        }

        try
        {
            if (json.Deserialize(type, Json) is { } read)
            {
                message = (TaskMessage)Activator.CreateInstance(typeof(TaskMessage<>).MakeGenericType(type), read)!;
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

    /// <summary>Without the line and the column, which are those of no text that anybody has seen.</summary>
    private static string Describe(JsonException exception)
    {
        var end = exception.Message.IndexOf(" Path: ", StringComparison.Ordinal);
        var reason = end < 0 ? exception.Message : exception.Message[..end];
        return exception.Path is null or "$" ? reason : $"{exception.Path}: {reason}";
    }

    private static bool IsMessage(Type type) =>
        type is { IsClass: true, IsSealed: true, IsAbstract: false, IsNested: false, IsGenericType: false }
        && !typeof(Delegate).IsAssignableFrom(type)
        && !typeof(Attribute).IsAssignableFrom(type)
        && !typeof(Exception).IsAssignableFrom(type);
}

/// <summary>Says which types can be handed on by name.</summary>
public static class TaskTypesExtensions
{
    /// <summary>
    /// Adds the public sealed classes and records of an assembly, each by its name. Two of one name stop the process at its
    /// start; the same assembly may be added more than once.
    /// </summary>
    /// <param name="services">The host's.</param>
    /// <param name="assembly">Where the messages are.</param>
    /// <param name="except">Those that are no tasks: events that need no consumer, and would wait for one for ever.</param>
    public static IServiceCollection AddTaskTypes(this IServiceCollection services, Assembly assembly, params Type[] except)
    {
        services.AddSingleton(new TaskTypeAssembly(assembly, except));
        services.TryAddTaskTypes();
        return services;
    }

    internal static void TryAddTaskTypes(this IServiceCollection services) => services.TryAddSingleton(
        provider => new TaskTypes([.. provider.GetServices<TaskTypeAssembly>()]));
}

internal sealed record TaskTypeAssembly(Assembly Assembly, IReadOnlyList<Type> Except);
