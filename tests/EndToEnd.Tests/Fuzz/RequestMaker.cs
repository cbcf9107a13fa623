using System.Text;

namespace Messaging.EndToEnd.Tests.Fuzz;

/// <summary>Makes whole requests: from nearly right ones to those that hardly are any.</summary>
internal sealed class RequestMaker(ApiDescription api, ValueMaker values, string operatorKey, IReadOnlyList<string?> keys)
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "QUERY", "get", "\u00e9"];

    // Not in the document, and there all the same.
    private static readonly string[] Others =
        ["/", "*", "/health/live", "/health/ready", "/openapi/v1.json", "/openapi/%00.json", "/scalar", "/scalar/", "/favicon.ico", "/no/such/route"];

    private readonly TargetMaker _targets = new(values);
    private readonly BodyMaker _bodies = new(api, values, new JsonMaker(api, values));

    /// <param name="number">The request's number: all operations take turns.</param>
    /// <param name="random">The choice.</param>
    public FuzzRequest Make(int number, Random random)
    {
        var operation = api.Operations[number % api.Operations.Count];
        var wrong = Wrong.Pick(random);
        var target = random.NextDouble() < wrong.Target / 8 ? Others[random.Next(Others.Length)] : _targets.Make(operation, wrong.Target, random);
        var method = random.NextDouble() < wrong.Headers / 6 ? Methods[random.Next(Methods.Length)] : operation.Method;
        var (contentType, body) = _bodies.Make(operation, wrong, random);
        var head = new StringBuilder($"{method} {target} HTTP/1.1\r\n");
        head.Append(random.NextDouble() < wrong.Headers / 8 ? Host(random) : "Host: localhost\r\n").Append("Connection: close\r\n");
        if (contentType is not null)
        {
            head.Append($"Content-Type: {contentType}\r\n");
        }

        if ((wrong.IsAllowed && random.Next(8) > 0 ? operatorKey : keys[random.Next(keys.Count)]) is { } key)
        {
            head.Append(random.Next(2) == 0 ? $"X-Api-Key: {key}\r\n" : $"Authorization: Bearer {key}\r\n");
        }

        foreach (var header in operation.Parameters.Where(p => p.In == "header" && random.Next(3) == 0))
        {
            head.Append($"{header.Name}: {(random.NextDouble() < wrong.Headers ? Line(values.Odd(random)) : $"01a20dc2-b4a1-7feb-aac8-{random.Next(40):x12}")}\r\n");
        }

        for (var i = 0; random.NextDouble() < wrong.Headers && i < 4; i++)
        {
            head.Append(OddValues.Headers[random.Next(OddValues.Headers.Length)]).Append("\r\n");
        }

        if (random.NextDouble() < wrong.Headers / 20)
        {
            head.Append($"X-Odd: {new string('a', random.Next(40_000))}\r\n");
        }

        var (framed, ending) = Framing.Frame(head, body, wrong.Framing, random);
        return new FuzzRequest($"{operation.Method} {operation.Path}", framed, ending);
    }

    private static string Host(Random random) =>
        ((string[])["", "Host: \r\n", "Host: a\r\nHost: b\r\n", "Host: rebound.example.org\r\n", "Host: [::1\r\n", "Host: a:99999\r\n", "Host: \u00e9\r\n"])[random.Next(7)];

    private static string Line(string value) => value.Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal);
}
