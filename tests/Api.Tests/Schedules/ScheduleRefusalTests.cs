using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Messaging.Api.Tests.Schedules;

/// <summary>What <c>/schedules</c> refuses.</summary>
public sealed class ScheduleRefusalTests(RunningSchedules shared) : IClassFixture<RunningSchedules>
{
    private readonly StandaloneApi _api = shared.Api;

    private const string Message = """{ "level": "Information", "message": "tick", "loggedAt": "2026-05-04T12:00:00Z" }""";

    [Theory]
    [InlineData("GET", "")]
    [InlineData("POST", "/pause")]
    [InlineData("POST", "/resume")]
    [InlineData("POST", "/run")]
    public async Task An_unknown_schedule_is_a_404(string method, string action)
    {
        using var client = _api.CreateClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), $"/schedules/none{action}");

        using var response = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(0, await _api.CountAsync("audit WHERE who <> 'declared'"));
    }

    public static TheoryData<string, string, string> Wrong => new()
    {
        { "Tick", Body(), "name" },
        { "a b", Body(), "name" },
        { new string('a', 101), Body(), "name" },
        { "tick", Body(cron: "\"61 * * * *\""), "cron" },
        { "tick", Body(cron: "\"* * *\""), "cron" },
        { "tick", Body(cron: "\"0 0 30 2 *\""), "cron" },
        { "tick", Body(cron: "5"), "cron" },
        { "tick", Body(cron: "null"), "cron" },
        { "tick", Body(more: ", \"timeZone\": \"Mars/Olympus\""), "timeZone" },
        { "tick", Body(more: ", \"misfire\": \"often\""), "misfire" },
        { "tick", Body(more: ", \"misfire\": 1"), "misfire" },
        { "tick", Body(more: ", \"kind\": \"\""), "kind" },
        { "tick", Body(more: ", \"paused\": \"yes\""), "paused" },
        { "tick", Body(more: ", \"crom\": \"0 * * * *\""), "crom" },
        { "tick", Body(type: "\"Unknown\""), "type" },
        { "tick", Body(type: "\"PasswordForgotten\"", message: """{ "email": "ann@example.org", "requestedAt": "2026-05-04T12:00:00Z" }"""), "type" },
        { "tick", Body(message: """{ "level": "Information" }"""), "message" },
        { "tick", Body(message: "null"), "message" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task A_wrong_field_is_named_and_nothing_is_stored(string name, string body, string field)
    {
        using var client = _api.CreateClient();

        using var response = await PutAsync(client, Uri.EscapeDataString(name), body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var errors = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors");
        Assert.Equal([field], errors.EnumerateObject().Select(e => e.Name));
        Assert.Equal(0, await _api.CountAsync("schedules WHERE name NOT IN (SELECT target FROM audit WHERE who = 'declared')"));
        Assert.Equal(0, await _api.CountAsync("audit WHERE who <> 'declared'"));
    }

    private static string Body(
        string cron = "\"0 * * * *\"", string type = "\"LogRequested\"", string message = Message, string more = "") =>
        $$"""{ "cron": {{cron}}, "type": {{type}}, "message": {{message}}{{more}} }""";

    private static Task<HttpResponseMessage> PutAsync(HttpClient client, string name, string body) =>
        client.PutAsync($"/schedules/{name}", new StringContent(body, Encoding.UTF8, "application/json"));
}
