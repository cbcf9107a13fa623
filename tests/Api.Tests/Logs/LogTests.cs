using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Messaging.Api.Tests.Logs;

/// <summary><c>POST /log</c>, and what holds for every body.</summary>
public sealed class LogTests : IAsyncLifetime
{
    private readonly StandaloneApi _api = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task Properties_have_a_limit_each_and_a_limit_together()
    {
        var properties = Enumerable.Range(0, 8).ToDictionary(i => $"name{i:00}", _ => new string('x', 994)); // 6 + 994 each
        using var client = _api.CreateClient();
        using var all = await client.PostAsJsonAsync("/log", new { message = "a", properties });
        properties["one"] = "";
        using var more = await client.PostAsJsonAsync("/log", new { message = "a", properties });

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.BadRequest), (all.StatusCode, more.StatusCode));
        Assert.Contains("8000 characters", await more.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json", """{"message":"hello","level":"warning","properties":{"order":42,"paid":true}}""", "/log")]
    [InlineData("application/x-www-form-urlencoded", "message=hello&level=Warning&properties[order]=42&properties[paid]=true", "/log")]
    [InlineData("", "", "/log?message=hello&level=WARNING&properties[order]=42&properties[paid]=true")]
    public async Task An_entry_may_come_as_json_form_or_query(string contentType, string body, string path)
    {
        using var content = contentType.Length == 0 ? null : new StringContent(body, Encoding.UTF8, contentType);

        await _api.SucceededAsync(await _api.AcceptedAsync(content, path));

        Assert.Equal(1, await _api.CountAsync(
            """activity_log WHERE message = 'hello' AND level = 3 AND properties = '{"order":"42","paid":"true"}'"""));
    }

    [Theory]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("application/json; charset=\"UTF-8\"")]
    public async Task The_charset_utf_8_may_stand_in_quotes(string contentType)
    {
        using var content = new ByteArrayContent("{\"message\":\"Grüße\"}"u8.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);

        await _api.SucceededAsync(await _api.AcceptedAsync(content, "/log"));

        Assert.Equal(1, await _api.CountAsync("activity_log WHERE message = 'Grüße'"));
    }

    [Fact]
    public async Task A_message_at_its_limit_is_taken_and_one_beyond_is_not()
    {
        using var client = _api.CreateClient();

        await _api.SucceededAsync(await _api.AcceptedAsync(JsonContent.Create(new { message = new string('ä', 4_000) }), "/log"));
        using var beyond = await client.PostAsJsonAsync("/log", new { message = new string('ä', 4_001) });
        using var many = await client.PostAsJsonAsync("/log", new { message = "a", properties = Enumerable.Range(0, 33).ToDictionary(i => $"{i}") });

        Assert.Equal(HttpStatusCode.BadRequest, beyond.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, many.StatusCode);
        Assert.Equal(1, await _api.CountAsync("activity_log"));
    }
}
