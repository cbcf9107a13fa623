using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Messaging.Api.Tests.Docs;

/// <summary>A route that a page shows is one of the API.</summary>
public sealed partial class RouteTests
{
    // "/orders" is what a reader of the guide adds.
    private static readonly string[] NotInTheDocument = ["/", "/dashboard", "/example", "/health/live", "/health/ready", "/openapi/v1.json", "/orders", "/scalar"];

    [Fact]
    public async Task ShownRoutesExist()
    {
        await using var api = new StandaloneApi();
        using var client = api.CreateClient();
        var document = await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json", TestContext.Current.CancellationToken);
        var routes = document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(method => (
            Method: method.Name.ToUpperInvariant(),
            Path: new Regex($"^{Parameter().Replace(path.Name, "[^/]+")}$", RegexOptions.None, TimeSpan.FromSeconds(1))))).ToList();

        var unknown =
            from path in Page.Paths
            where !path.StartsWith("docs/decisions/", StringComparison.Ordinal) && path != "docs/performance/trials.md" // of their day
            from Match shown in Shown().Matches(Page.Read(path).Text)
            let method = shown.Groups["method"].Value
            let route = shown.Groups["path"].Value
            where !NotInTheDocument.Contains(route)
                && !routes.Exists(r => (method.Length == 0 || r.Method == method) && r.Path.IsMatch(route))
            select $"{path}: {shown.Value}";

        Every.IsRight(unknown);
    }

    [GeneratedRegex(@"(`(?<method>GET|POST|PUT|PATCH|DELETE) |localhost:8080)(?<path>/[\w{}/-]*)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Shown();

    [GeneratedRegex(@"\{[^}]+\}", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Parameter();
}
