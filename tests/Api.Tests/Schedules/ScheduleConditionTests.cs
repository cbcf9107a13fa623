using System.Net;
using System.Text;
using System.Text.Json;

namespace Messaging.Api.Tests.Schedules;

/// <summary>Two operators who change the same schedule.</summary>
public sealed class ScheduleConditionTests(SharedApi shared) : IClassFixture<SharedApi>
{
    [Fact]
    public async Task A_new_schedule_replaces_none_that_exists()
    {
        using var created = await PutAsync("new", "1 * * * *", "If-None-Match", "*");
        using var refused = await PutAsync("new", "2 * * * *", "If-None-Match", "*");

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.PreconditionFailed), (created.StatusCode, refused.StatusCode));
        Assert.Equal("1 * * * *", (await GetAsync("new")).Cron);
    }

    [Fact]
    public async Task A_changed_schedule_is_not_replaced()
    {
        using var created = await PutAsync("changed", "1 * * * *");
        var read = await GetAsync("changed");
        using var first = await PutAsync("changed", "2 * * * *", "If-Match", read.Tag);
        using var second = await PutAsync("changed", "3 * * * *", "If-Match", read.Tag);
        using var again = await PutAsync("changed", "4 * * * *", "If-Match", first.Headers.ETag!.ToString());
        using var absent = await PutAsync("absent", "5 * * * *", "If-Match", read.Tag);

        Assert.Equal(
            [HttpStatusCode.OK, HttpStatusCode.PreconditionFailed, HttpStatusCode.OK, HttpStatusCode.PreconditionFailed],
            [first.StatusCode, second.StatusCode, again.StatusCode, absent.StatusCode]);
        Assert.Equal(read.Tag, created.Headers.ETag!.ToString());
        Assert.Equal("4 * * * *", (await GetAsync("changed")).Cron);
    }

    [Fact]
    public async Task A_pause_is_a_change_and_a_run_is_none()
    {
        using var created = await PutAsync("run", "0 0 1 1 *");
        var tag = created.Headers.ETag!.ToString();
        await shared.Api.AcceptedAsync(null, "/schedules/run/run");
        Assert.Equal(tag, (await GetAsync("run")).Tag);

        using var client = shared.Api.CreateClient();
        using var paused = await client.PostAsync("/schedules/run/pause", null);

        Assert.NotEqual(tag, paused.Headers.ETag!.ToString());
    }

    [Theory]
    [InlineData("If-None-Match", "\"1\"")]
    [InlineData("If-Match", "*")]
    [InlineData("If-Match", "\"99999999999999999\"")]
    public async Task A_condition_that_cannot_be_one_is_refused(string header, string value)
    {
        using var refused = await PutAsync("refused", "1 * * * *", header, value);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains(header, await refused.Content.ReadAsStringAsync(), StringComparison.OrdinalIgnoreCase);
    }

    private async Task<(string? Cron, string Tag)> GetAsync(string name)
    {
        using var client = shared.Api.CreateClient();
        using var response = await client.GetAsync($"/schedules/{name}");
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return (body.RootElement.GetProperty("cron").GetString(), response.Headers.ETag!.ToString());
    }

    private async Task<HttpResponseMessage> PutAsync(string name, string cron, string? header = null, string? value = null)
    {
        using var client = shared.Api.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/schedules/{name}")
        {
            Content = new StringContent(
                $$"""{ "cron": "{{cron}}", "type": "LogRequested", "message": { "level": "Information", "message": "tick", "loggedAt": "2026-05-04T12:00:00Z" } }""", Encoding.UTF8, "application/json"),
        };
        if (header is not null)
        {
            request.Headers.TryAddWithoutValidation(header, value);
        }

        return await client.SendAsync(request);
    }
}
