using Messaging.Outbox.AspNetCore.Http;

namespace Messaging.Outbox.AspNetCore.Tasks;

/// <summary>What is to be handed on, checked.</summary>
internal sealed record AddTaskRequest(
    TaskMessage Message,
    string? Kind,
    TimeSpan? Delay,
    DateTimeOffset? RunAt,
    (string Key, TimeSpan Window)? Unique,
    IReadOnlyList<(TaskMessage Message, string? Kind)> Then)
{
    public static readonly string[] Names = ["type", "message", "kind", "delay", "runAt", "unique", "then"];

    private const int MaxName = 100, MaxKey = 200, MaxThen = 20;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(365);

    /// <returns>Null when a field is wrong; the fields know which and why.</returns>
    public static AddTaskRequest? From(JsonFields fields, TaskTypes types, DateTimeOffset now)
    {
        var message = ReadMessage(fields, types, out var kind);
        var then = fields.Objects("then", MaxThen, "type", "message", "kind")
            .Select(next => (Message: ReadMessage(next, types, out var name), Kind: name))
            .ToList();
        var delay = fields.Duration("delay", TimeSpan.Zero, Longest);
        var runAt = fields.Moment("runAt");
        if (fields.Any("delay") is not null && fields.Any("runAt") is not null)
        {
            fields.Error("runAt", "cannot be given together with 'delay'.");
        }
        else if (runAt > now + Longest)
        {
            fields.Error("runAt", "must not be more than 365 days ahead.");
        }

        var unique = ReadUnique(fields);
        if (fields.Any("unique") is not null && fields.Any("then") is not null)
        {
            fields.Error("then", "cannot be given together with 'unique': another task may be the one that waits.");
        }

        return fields.Errors.Count == 0
            ? new AddTaskRequest(message!, kind, delay, runAt, unique, [.. then.Select(t => (t.Message!, t.Kind))])
            : null;
    }

    private static TaskMessage? ReadMessage(JsonFields fields, TaskTypes types, out string? kind)
    {
        kind = fields.Text("kind", MaxName);
        var type = fields.Text("type", MaxName, required: true);
        if (fields.Any("message") is not { } json)
        {
            fields.Error("message", "is required.");
            return null;
        }

        if (type is null)
        {
            return null;
        }

        if (!types.Contains(type))
        {
            fields.Error("type", "is not known; GET /tasks/types lists those that are.");
            return null;
        }

        if (!types.TryRead(type, json, out var message, out var error))
        {
            fields.Error("message", error);
        }

        return message;
    }

    private static (string Key, TimeSpan Window)? ReadUnique(JsonFields fields)
    {
        if (fields.Object("unique", "key", "window") is not { } unique)
        {
            return null;
        }

        var key = unique.Text("key", MaxKey, required: true);
        if (unique.Any("window") is null)
        {
            unique.Error("window", "is required.");
        }

        var window = unique.Duration("window", TimeSpan.FromSeconds(1), Longest);
        return key is null || window is null ? null : (key, window.Value);
    }
}
