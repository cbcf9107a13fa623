using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Messaging.Api.Tests.Tasks;

/// <summary>What <c>POST /tasks</c> refuses.</summary>
public sealed class AddTaskRefusalTests(SharedApi shared) : IClassFixture<SharedApi>
{
    private readonly StandaloneApi _api = shared.Api;

    private const string Message = """{ "level": "Information", "message": "hello", "loggedAt": "2026-05-04T12:00:00Z" }""";

    public static TheoryData<string, string> Wrong => new()
    {
        { $$"""{ "message": {{Message}} }""", "type" },
        { $$"""{ "type": 5, "message": {{Message}} }""", "type" },
        { $$"""{ "type": "Unknown", "message": {{Message}} }""", "type" },
        { $$"""{ "type": "System.String", "message": {{Message}} }""", "type" },
        { """{ "type": "PasswordForgotten", "message": { "email": "ann@example.org", "requestedAt": "2026-05-04T12:00:00Z" } }""", "type" },
        { """{ "type": "LogRequested" }""", "message" },
        { """{ "type": "LogRequested", "message": {} }""", "message" },
        { """{ "type": "LogRequested", "message": "hello" }""", "message" },
        { """{ "type": "LogRequested", "message": { "level": "Loud", "message": "a", "loggedAt": "2026-05-04T12:00:00Z" } }""", "message" },
        { """{ "type": "LogRequested", "message": { "level": "Information, Error", "message": "a", "loggedAt": "2026-05-04T12:00:00Z" } }""", "message" },
        { """{ "type": "LogRequested", "message": { "level": 6, "message": "a", "loggedAt": "2026-05-04T12:00:00Z" } }""", "message" },
        { """{ "type": "LogRequested", "message": { "level": "Error", "message": "a", "loggedAt": "2026-05-04T12:00:00Z", "x": 1 } }""", "message" },
        { With(""" "kind": "" """), "kind" },
        { With(""" "delay": "5" """), "delay" },
        { With(""" "delay": -1 """), "delay" },
        { With(""" "delay": "366.00:00:00" """), "delay" },
        { With(""" "delay": 1e300 """), "delay" },
        { With(""" "delay": true """), "delay" },
        { With(""" "runAt": "2026-05-04T12:00:00" """), "runAt" },
        { With(""" "runAt": "2026-05-04" """), "runAt" },
        { With(""" "runAt": "tomorrow" """), "runAt" },
        { With(""" "runAt": "9999-05-04T12:00:00Z" """), "runAt" },
        { With(""" "delay": 1, "runAt": "2026-05-04T12:00:00Z" """), "runAt" },
        { With(""" "dely": 1 """), "dely" },
        { With(""" "unique": "report" """), "unique" },
        { With(""" "unique": { "window": 60 } """), "unique.key" },
        { With(""" "unique": { "key": "report" } """), "unique.window" },
        { With(""" "unique": { "key": "report", "window": 0 } """), "unique.window" },
        { With(""" "unique": { "key": "report", "window": 60 }, "then": [] """), "then" },
        { With(""" "then": {} """), "then" },
        { With(""" "then": [ 1 ] """), "then[0]" },
        { With($$""" "then": [ {{string.Join(',', Enumerable.Repeat($$"""{ "type": "LogRequested", "message": {{Message}} }""", 21))}} ] """), "then" },
        { With($$""" "then": [ { "type": "LogRequested", "message": {{Message}} }, { "type": "Unknown", "message": {} } ] """), "then[1].type" },
        { With(""" "then": [ { "type": "LogRequested", "message": {} } ] """), "then[0].message" },
        { With($$""" "then": [ { "type": "LogRequested", "message": {{Message}}, "delay": 5 } ] """), "then[0].delay" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task A_wrong_field_is_named_and_nothing_is_stored(string body, string field)
    {
        using var client = _api.CreateClient();

        using var response = await client.PostAsync("/tasks", Json(body));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var errors = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors");
        Assert.Equal([field], errors.EnumerateObject().Select(e => e.Name));
        Assert.Equal(0, await _api.CountAsync("tasks"));
    }

    [Theory]
    [InlineData("application/json", "{", HttpStatusCode.BadRequest)]
    [InlineData("application/json", "[]", HttpStatusCode.BadRequest)]
    [InlineData("application/json", """{"type":"\ud800"}""", HttpStatusCode.BadRequest)]
    [InlineData("application/x-www-form-urlencoded", "type=LogRequested", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("text/plain", "{}", HttpStatusCode.UnsupportedMediaType)]
    public async Task A_body_that_cannot_be_read_is_answered_with_problem_details(string contentType, string body, HttpStatusCode status)
    {
        using var client = _api.CreateClient();
        using var content = new StringContent(body, Encoding.UTF8, contentType);

        using var response = await client.PostAsync("/tasks", content);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    private static string With(string more) => $$"""{ "type": "LogRequested", "message": {{Message}}, {{more}} }""";

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");
}
