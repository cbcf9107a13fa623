using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Messaging.Api.Tests.Requests;

/// <summary>A body has at most 32 levels, its own object included.</summary>
public sealed class DepthTests(SharedApi shared) : IClassFixture<SharedApi>
{
    private const string LogRequested = """{"level":"Information","message":"m","loggedAt":"2026-05-04T12:00:00Z"}""";

    [Theory]
    [InlineData("POST", "/tasks", 31, false)]
    [InlineData("POST", "/tasks", 32, true)]
    [InlineData("POST", "/tasks", 60, true)]
    [InlineData("PUT", "/schedules/deep", 31, false)]
    [InlineData("PUT", "/schedules/deep", 32, true)]
    public async Task A_message_nested_too_deep_is_an_error_of_its_field(string method, string path, int levels, bool isTooDeep)
    {
        var message = Nested(levels);

        var problem = await SendAsync(method, path, $$"""{"type":"LogRequested","message":{{message}}{{(method == "PUT" ? ",\"cron\":\"0 * * * *\"" : "")}}}""");

        // Less deep, the type has no such member.
        var error = Assert.Single(problem.GetProperty("errors").EnumerateObject().ToList());
        Assert.Equal("message", error.Name);
        Assert.Equal(isTooDeep, error.Value[0].GetString()!.Contains("32 levels", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(29, false)]
    [InlineData(30, true)]
    public async Task A_task_that_follows_counts_its_levels_from_the_body(int levels, bool isTooDeep)
    {
        var problem = await SendAsync(
            "POST", "/tasks", $$"""{"type":"LogRequested","message":{{LogRequested}},"then":[{"type":"LogRequested","message":{{Nested(levels)}}}]}""");

        var error = Assert.Single(problem.GetProperty("errors").EnumerateObject().ToList());
        Assert.Equal("then[0].message", error.Name);
        Assert.Equal(isTooDeep, error.Value[0].GetString()!.Contains("32 levels", StringComparison.Ordinal));
    }

    private static string Nested(int levels) => string.Concat(Enumerable.Repeat("{\"a\":", levels)) + "1" + new string('}', levels);

    private async Task<JsonElement> SendAsync(string method, string path, string json)
    {
        using var client = shared.Api.CreateClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }
}
