using System.Text.Json;

namespace Messaging.EndToEnd.Tests.Fuzz;

/// <summary>The operations of an OpenAPI document, and the schemas that they refer to.</summary>
internal sealed class ApiDescription
{
    private const string Reference = "#/components/schemas/";

    private readonly JsonElement _root;

    public ApiDescription(string json)
    {
        _root = JsonDocument.Parse(json).RootElement.Clone();
        Operations =
        [
            .. from path in _root.GetProperty("paths").EnumerateObject()
               from operation in path.Value.EnumerateObject()
               select new FuzzOperation(operation.Name.ToUpperInvariant(), path.Name, Parameters(operation.Value), Bodies(operation.Value)),
        ];
    }

    public IReadOnlyList<FuzzOperation> Operations { get; }

    /// <summary>Follows a reference, and takes the first of alternatives that is not null.</summary>
    public JsonElement Resolve(JsonElement schema)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            return Resolve(_root.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()![Reference.Length..]));
        }

        foreach (var alternatives in (string[])["oneOf", "anyOf", "allOf"])
        {
            if (schema.TryGetProperty(alternatives, out var list))
            {
                return Resolve(list.EnumerateArray().Last());
            }
        }

        return schema;
    }

    private static List<FuzzParameter> Parameters(JsonElement operation) => operation.TryGetProperty("parameters", out var parameters)
        ? [.. parameters.EnumerateArray().Select(p => new FuzzParameter(p.GetProperty("name").GetString()!, p.GetProperty("in").GetString()!, p.GetProperty("schema")))]
        : [];

    private static List<(string ContentType, JsonElement Schema)> Bodies(JsonElement operation) =>
        operation.TryGetProperty("requestBody", out var body)
            ? [.. body.GetProperty("content").EnumerateObject().Select(c => (c.Name, c.Value.GetProperty("schema")))]
            : [];
}

internal sealed record FuzzOperation(
    string Method, string Path, IReadOnlyList<FuzzParameter> Parameters, IReadOnlyList<(string ContentType, JsonElement Schema)> Bodies);

/// <param name="Name">Its name.</param>
/// <param name="In"><c>path</c>, <c>query</c> or <c>header</c>.</param>
/// <param name="Schema">What it may be.</param>
internal sealed record FuzzParameter(string Name, string In, JsonElement Schema);
