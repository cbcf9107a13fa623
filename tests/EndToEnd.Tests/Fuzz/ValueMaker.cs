using System.Text.Json;

namespace Messaging.EndToEnd.Tests.Fuzz;

/// <summary>Makes values: right ones by name and type, and odd ones.</summary>
internal sealed class ValueMaker(ApiDescription api, Pool pool, IReadOnlyList<string> messageTypes)
{
    private static readonly string[] Queues = ["user-registered", "log-requested", "password-forgotten", "no-such-queue"];

    public string Odd(Random random) => random.Next(12) switch
    {
        0 => new string('a', random.Next(1, 3_000)),
        1 => OddValues.Texts[random.Next(OddValues.Texts.Length)] + OddValues.Texts[random.Next(OddValues.Texts.Length)],
        2 => string.Concat(Enumerable.Range(0, random.Next(1, 20)).Select(_ => char.ConvertFromUtf32(Scalar(random)))),
        _ => OddValues.Texts[random.Next(OddValues.Texts.Length)],
    };

    /// <summary>A value as text that is right, as far as its name and type say.</summary>
    public string Valid(string path, string name, JsonElement schema, Random random)
    {
        schema = api.Resolve(schema);
        if (schema.TryGetProperty("enum", out var names) && names.GetArrayLength() > 0)
        {
            return names[random.Next(names.GetArrayLength())].ToString();
        }

        return name.ToUpperInvariant() switch
        {
            "ID" or "TASKID" or "SUCCESSOR" => pool.Id(path, random),
            "AFTER" or "GROUP" or "TOKEN" => pool.Cursor(path, random),
            "BEFORE" => random.Next(2) == 0 ? pool.Id(path, random) : "2026-11-24T12:00:00Z",
            "EMAIL" => $"a{random.Next(50)}@example.org",
            "NAME" => random.Next(2) == 0 ? Queues[random.Next(Queues.Length)] : $"n{random.Next(20)}",
            "QUEUE" => Queues[random.Next(Queues.Length)],
            "TYPE" or "KIND" or "MESSAGETYPE" => messageTypes[random.Next(messageTypes.Count)],
            "LEVEL" => ((string[])["Information", "Error", "Warning"])[random.Next(3)],
            "STATE" => ((string[])["Failed", "Succeeded,Failed", "Queued", "Waiting"])[random.Next(4)],
            "SUCCESSORS" => random.Next(2) == 0 ? "keep" : "cancel",
            "PROPERTY" => "order:42",
            "CRON" => "30 2 * * *",
            "TIMEZONE" => "Europe/Berlin",
            "DELAY" or "WINDOW" => "00:00:05",
            "FROM" or "CREATEDFROM" or "CREATEDBEFORE" or "RUNAT" or "LOGGEDAT" => $"2026-11-{random.Next(1, 31):00}T08:00:00Z",
            "LIMIT" or "COUNT" or "CONCURRENCY" or "RATELIMIT" => $"{random.Next(1, 200)}",
            _ => Of(schema, random),
        };
    }

    public static bool Is(JsonElement schema, string type) => schema.TryGetProperty("type", out var types)
        && (types.ValueKind == JsonValueKind.Array ? types.EnumerateArray().Any(t => t.ValueEquals(type)) : types.ValueEquals(type));

    private static string Of(JsonElement schema, Random random) =>
        Is(schema, "boolean") ? "true" : Is(schema, "integer") || Is(schema, "number") ? $"{random.Next(100)}" : $"text {random.Next(100)}";

    private static int Scalar(Random random)
    {
        var scalar = random.Next(4) == 0 ? random.Next(0x11_0000) : random.Next(0x300);
        return scalar is >= 0xD800 and <= 0xDFFF ? 0xFFFD : scalar;
    }
}
