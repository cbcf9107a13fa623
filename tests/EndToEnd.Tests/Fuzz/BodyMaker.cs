using System.Text;
using System.Text.Json;

namespace Messaging.EndToEnd.Tests.Fuzz;

/// <summary>Makes bodies, with the type that they say they have.</summary>
internal sealed class BodyMaker(ApiDescription api, ValueMaker values, JsonMaker json)
{
    private const string Boundary = "----fuzz";

    private static readonly byte[] Pixel = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==");

    public (string? ContentType, byte[] Body) Make(FuzzOperation operation, Wrong wrong, Random random)
    {
        if (operation.Bodies.Count == 0)
        {
            return random.NextDouble() < wrong.Type / 2 ? (OddType(random), Encoding.UTF8.GetBytes(values.Odd(random))) : (null, []);
        }

        var (contentType, schema) = operation.Bodies[random.Next(operation.Bodies.Count)];
        var body = contentType switch
        {
            "multipart/form-data" => Multipart(schema, wrong.Body, random),
            "application/x-www-form-urlencoded" => Form(schema, wrong.Body, random),
            "application/json" => json.Body(schema, wrong.Body, random),
            _ => Bytes(random),
        };
        var said = contentType == "multipart/form-data" ? $"{contentType}; boundary={Boundary}" : contentType;
        return random.NextDouble() < wrong.Type ? (random.Next(8) == 0 ? null : OddType(random), body) : (said, body);
    }

    private static string OddType(Random random) => OddValues.ContentTypes[random.Next(OddValues.ContentTypes.Length)];

    private IEnumerable<(string Name, string Value)> Fields(JsonElement schema, double wrong, Random random)
    {
        schema = api.Resolve(schema);
        var fields = schema.TryGetProperty("properties", out var properties)
            ? properties.EnumerateObject().Where(_ => random.Next(4) > 0).Select(p => (p.Name, Value: values.Valid("/tasks", p.Name, p.Value, random))).ToList()
            : [];
        if (random.Next(4) == 0)
        {
            fields.Add(("properties[order]", "42"));
        }

        return fields
            .Concat(random.NextDouble() < wrong ? [(values.Odd(random), values.Odd(random))] : [])
            .Concat(random.NextDouble() < wrong / 10 ? Enumerable.Range(0, 3_000).Select(i => ($"f{i}", "")) : [])
            .Select(f => random.NextDouble() < wrong ? (f.Item1, values.Odd(random)) : f);
    }

    private byte[] Form(JsonElement schema, double wrong, Random random)
    {
        var text = string.Join('&', Fields(schema, wrong, random).Select(f => $"{Uri.EscapeDataString(f.Name)}={Uri.EscapeDataString(f.Value)}"));
        return Encoding.UTF8.GetBytes(random.NextDouble() < wrong / 4 ? text + OddValues.Segments[random.Next(OddValues.Segments.Length)] : text);
    }

    private byte[] Multipart(JsonElement schema, double wrong, Random random)
    {
        var body = new MemoryStream();
        foreach (var (name, value) in Fields(schema, wrong, random))
        {
            Part(body, $"form-data; name=\"{name}\"", "", Encoding.UTF8.GetBytes(value));
        }

        if (random.Next(2) == 0)
        {
            var odd = random.NextDouble() < wrong;
            Part(
                body,
                odd ? OddDisposition(random) : "form-data; name=\"file\"; filename=\"logo.png\"",
                odd ? $"Content-Type: {OddType(random)}\r\n" : "Content-Type: image/png\r\n",
                Bytes(random));
        }

        var end = random.NextDouble() < wrong / 3 ? "" : $"--{Boundary}--\r\n";
        body.Write(Encoding.UTF8.GetBytes(end));
        return body.ToArray();
    }

    private string OddDisposition(Random random) => random.Next(5) switch
    {
        0 => "form-data",
        1 => "form-data; name=\"file\"; filename*=utf-8''%zz",
        2 => $"form-data; name=\"file\"; filename=\"{values.Odd(random)}\"",
        3 => "attachment; filename=\"../../a\"",
        _ => $"form-data; name=file; filename={new string('a', random.Next(20_000))}",
    };

    private static void Part(MemoryStream body, string disposition, string headers, byte[] content)
    {
        body.Write(Encoding.UTF8.GetBytes($"--{Boundary}\r\nContent-Disposition: {disposition}\r\n{headers}\r\n"));
        body.Write(content);
        body.Write("\r\n"u8);
    }

    /// <summary>An image, noise, or what begins as an image and does not go on as one.</summary>
    private static byte[] Bytes(Random random)
    {
        var noise = new byte[random.Next(20) == 0 ? random.Next(70_000) : random.Next(300)];
        random.NextBytes(noise);
        return random.Next(7) switch
        {
            5 => Pixel,
            0 => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, (byte)'I', (byte)'H', (byte)'D', (byte)'R', .. noise],
            1 => [0xff, 0xd8, 0xff, 0xe0, .. noise],
            2 => [.. "GIF89a"u8, .. noise],
            3 => [.. "RIFF"u8, 1, 2, 3, 4, .. "WEBPVP8 "u8, .. noise],
            _ => noise,
        };
    }
}
