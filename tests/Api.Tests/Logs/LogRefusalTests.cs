using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Messaging.Api.Tests.Logs;

/// <summary>What <c>POST /log</c> refuses.</summary>
public sealed class LogRefusalTests(SharedApi shared) : IClassFixture<SharedApi>
{
    private readonly StandaloneApi _api = shared.Api;

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
}
