using System.Text;
using System.Text.Json;

namespace Messaging.EndToEnd.Tests.Fuzz;

/// <summary>Writes JSON by a schema, with a share of it wrong.</summary>
internal sealed class JsonMaker(ApiDescription api, ValueMaker values)
{
    private const int DeepestSchema = 6;

    /// <param name="schema">What it should be.</param>
    /// <param name="wrong">The share of values that are not, 0 to 1.</param>
    /// <param name="random">The choice.</param>
    public byte[] Body(JsonElement schema, double wrong, Random random)
    {
        var text = Write("", schema, wrong, random, depth: 0);
        return (wrong == 0 ? 0 : random.Next(25)) switch
        {
            1 => Encoding.UTF8.GetBytes(text[..random.Next(text.Length + 1)]),
            2 => Encoding.UTF8.GetBytes(text + text),
            3 => [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(text)],
            4 => Encoding.Unicode.GetBytes(text),
            5 => Encoding.UTF8.GetBytes(Nested(random.Next(1, 5_000), text)),
            6 => Broken(Encoding.UTF8.GetBytes(text), random),
            7 => Encoding.UTF8.GetBytes($"[{text}]"),
            8 => [],
            _ => Encoding.UTF8.GetBytes(text),
        };
    }

    private string Write(string name, JsonElement schema, double wrong, Random random, int depth)
    {
        if (random.NextDouble() < wrong)
        {
            return Wrong(random);
        }

        schema = api.Resolve(schema);
        if (ValueMaker.Is(schema, "array"))
        {
            return depth > DeepestSchema ? "[]" : $"[{string.Join(',', Enumerable.Range(0, random.Next(3)).Select(_ => Write(name, schema.GetProperty("items"), wrong, random, depth + 1)))}]";
        }

        if (schema.TryGetProperty("properties", out var properties))
        {
            return depth > DeepestSchema ? "{}" : Object(properties, wrong, random, depth);
        }

        if (ValueMaker.Is(schema, "object") || !schema.TryGetProperty("type", out _) && !schema.TryGetProperty("enum", out _))
        {
            return Free(wrong, random); // a message, or properties of any name
        }

        var value = values.Valid("/tasks", name, schema, random);
        return ValueMaker.Is(schema, "string") || schema.TryGetProperty("enum", out _) ? JsonSerializer.Serialize(value) : value;
    }

    private string Object(JsonElement properties, double wrong, Random random, int depth)
    {
        var members = properties.EnumerateObject().Where(_ => random.Next(5) > 0).Select(p => Member(p.Name, p.Value)).ToList();
        if (random.NextDouble() < wrong)
        {
            members.Add(random.Next(3) == 0 && members.Count > 0 ? members[0] : $"{JsonSerializer.Serialize(values.Odd(random))}:{Wrong(random)}");
        }

        return $"{{{string.Join(',', members)}}}";

        string Member(string name, JsonElement schema) =>
            $"{JsonSerializer.Serialize(random.NextDouble() < wrong / 4 ? name.ToUpperInvariant() : name)}:{Write(name, schema, wrong, random, depth + 1)}";
    }

    private string Free(double wrong, Random random) => random.Next(3) switch
    {
        0 => """{"message":"order placed","level":"Information","loggedAt":"2026-11-24T12:00:00Z","properties":{"order":42}}""",
        1 => $$"""{"email":"a{{random.Next(50)}}@example.org","order":{{random.Next(100)}}}""",
        _ => random.NextDouble() < wrong ? Wrong(random) : "{}",
    };

    private string Wrong(Random random) => random.Next(8) switch
    {
        0 => JsonSerializer.Serialize(values.Odd(random)),
        1 => $"\"{new string('x', random.Next(1, 9_000))}\"",
        2 => Nested(random.Next(1, 200), "1"),
        _ => OddValues.Json[random.Next(OddValues.Json.Length)],
    };

    private static string Nested(int depth, string text) => new string('[', depth) + text + new string(']', depth);

    private static byte[] Broken(byte[] bytes, Random random)
    {
        for (var i = 0; i < 3 && bytes.Length > 0; i++)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        return bytes;
    }
}
