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
    [InlineData("""{"level":"Error"}""", "message")]
    [InlineData("""{"message":{}}""", "message")]
    [InlineData("""{"message":"a\u0001b"}""", "message")]
    [InlineData("""{"message":"a","level":"loud"}""", "level")]
    [InlineData("""{"message":"a","level":"99"}""", "level")]
    [InlineData("""{"message":"a","level":"1"}""", "level")]
    [InlineData("""{"message":"a","level":"Debug, Error"}""", "level")]
    [InlineData("""{"message":"a","level":3}""", "level")]
    [InlineData("""{"message":"a","properties":[]}""", "properties")]
    [InlineData("""{"message":"a","properties":{"a":{}}}""", "properties.a")]
    [InlineData("""{"message":"a","properties":{"a":"\u0000"}}""", "properties.a")]
    [InlineData("""{"message":"a","properties":{"a":"\u0001"}}""", "properties.a")]
    [InlineData("""{"message":"a","properties":{"":"b"}}""", "properties")]
    public async Task A_wrong_field_is_named_and_nothing_is_stored(string json, string field)
    {
        using var client = _api.CreateClient();

        using var response = await client.PostAsync("/log", new StringContent(json, Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var errors = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors");
        Assert.Equal([field], errors.EnumerateObject().Select(e => e.Name));
        Assert.Equal(0, await _api.CountAsync("tasks"));
    }

    [Theory]
    [InlineData("application/json", "{", HttpStatusCode.BadRequest)]
    [InlineData("application/json", "[]", HttpStatusCode.BadRequest)]
    [InlineData("application/json", "null", HttpStatusCode.BadRequest)]
    [InlineData("application/json", """{"message":"\ud800"}""", HttpStatusCode.BadRequest)]
    [InlineData("application/json", """{"message":"a","properties":{"a":"\ud800"}}""", HttpStatusCode.BadRequest)]
    [InlineData("application/json", """{"message":"a","properties":{"\ud800":"a"}}""", HttpStatusCode.BadRequest)]
    [InlineData("application/json", """{"message":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}}}""", HttpStatusCode.BadRequest)]
    [InlineData("application/json; charset=utf-16", "{}", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/x-www-form-urlencoded; charset=utf-7", "message=a", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=a; filename*=utf-7''a\r\n\r\na\r\n--b--", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=a\r\nContent-Type: text/plain; charset=utf-7\r\n\r\na\r\n--b--", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("multipart/form-data", "x", HttpStatusCode.BadRequest)]
    [InlineData("multipart/form-data; boundary=b", "x", HttpStatusCode.BadRequest)]
    [InlineData("text/plain", "message=a", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/xml", "<a/>", HttpStatusCode.UnsupportedMediaType)]
    public async Task A_body_that_cannot_be_read_is_answered_with_problem_details(string contentType, string body, HttpStatusCode status)
    {
        using var client = _api.CreateClient();
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);

        using var response = await client.PostAsync("/log", content);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(0, await _api.CountAsync("tasks"));
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
    public async Task A_compressed_body_is_refused()
    {
        using var client = _api.CreateClient();
        using var content = new StringContent("""{"message":"a"}""", Encoding.UTF8, "application/json");
        content.Headers.ContentEncoding.Add("gzip");

        using var response = await client.PostAsync("/log", content);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_that_is_too_large_is_refused_even_without_a_length(bool withLength)
    {
        using var client = _api.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/log");
        request.Content = new StringContent($$"""{"message":"{{new string('a', 70_000)}}"}""", Encoding.UTF8, "application/json");
        if (!withLength)
        {
            request.Content.Headers.ContentLength = null;
            request.Headers.TransferEncodingChunked = true;
        }

        using var response = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(0, await _api.CountAsync("tasks"));
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
