using System.Text.Json;
using System.Text.Json.Nodes;
using Messaging.Outbox.Tasks;

namespace Messaging.Outbox.Payloads;

/// <summary>
/// Checks that JSON is a message of a type, so that an operator's slip is refused and not read as something else: a member that the type does
/// not have, one that is missing, null where the type has none, or a value of another JSON type.
/// </summary>
internal static class MessageReading
{
    /// <summary>Those of <c>POST /tasks</c>; members that a type does not have are found by <see cref="MessageShape"/>.</summary>
    public static JsonSerializerOptions OfTasks { get; } = new(TaskTypes.Json) { UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Skip };

    /// <summary>Reads as the bus does, and as strictly as <c>POST /tasks</c>.</summary>
    public static JsonSerializerOptions Strict(JsonSerializerOptions bus) => new(bus) { RespectNullableAnnotations = true, AllowDuplicateProperties = false };

    /// <param name="message">The message.</param>
    /// <param name="type">Its type.</param>
    /// <param name="before">
    /// The message as it was. What it had that the type does not have is allowed: whoever sent it may have another version of the type.
    /// </param>
    /// <param name="options">How it is read.</param>
    /// <exception cref="EditedMessageException">It is not one of the type.</exception>
    public static void Check(JsonObject message, Type type, JsonNode? before, JsonSerializerOptions options)
    {
        var had = MessageShape.Unknown(before, type, options).Select(member => member.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        List<(string, string)> problems =
        [
            .. MessageShape.Unknown(message, type, options).Where(member => !had.Contains(member.Key)).Select(member => (member.Path, $"is not a member of {type.Name}.")),
            .. MessageShape.Missing(message, type, options).Select(path => (path, $"is missing: a {type.Name} has to have it.")),
        ];
        if (problems.Count == 0 && ProblemOf(message, type, options) is { } problem)
        {
            problems.Add(problem);
        }

        if (problems.Count > 0)
        {
            throw new EditedMessageException(problems);
        }
    }

    private static (string, string)? ProblemOf(JsonObject message, Type type, JsonSerializerOptions options)
    {
        try
        {
            return message.Deserialize(type, options) is null ? ("", $"is not a {type.Name}: it is null.") : null;
        }
        catch (JsonException exception)
        {
            var path = MessagePath.OfError(exception.Path);
            return (path, $"{(path.Length == 0 ? "is not a" : "is not that of a")} {type.Name}: {Reason(exception)}");
        }
        catch (Exception exception) when (exception is NotSupportedException or ArgumentException or InvalidOperationException or FormatException)
        {
            return ("", $"is not a {type.Name}: it cannot be read ({exception.GetType().Name}).");
        }
    }

    /// <summary>Without line and column, which refer to JSON that the caller has not seen.</summary>
    private static string Reason(JsonException exception)
    {
        var end = exception.Message.IndexOf(" Path: ", StringComparison.Ordinal);
        return end < 0 ? exception.Message : exception.Message[..end];
    }
}
