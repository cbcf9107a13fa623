using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Messaging.Outbox.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Messaging.Api.Tests.Requests;

/// <summary>A request as JSON, a form or a query string: the type of a body counts once it has a byte.</summary>
public sealed class AnyFormTests
{
    [Theory]
    [InlineData("application/vnd.example+json")]
    [InlineData("text/plain")]
    [InlineData(null)]
    public async Task Body_of_another_type_is_a_415(string? type)
    {
        await using var api = new StandaloneApi();
        using var client = api.CreateClient();

        using var response = await client.PostAsync("/log?message=of-the-query", Chunked("{\"message\":\"m\"}", type));

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        Assert.Equal(0, await api.CountAsync("tasks"));
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData(null)]
    public async Task Empty_body_of_unknown_length_leaves_the_query(string? type)
    {
        await using var api = new StandaloneApi();
        using var client = api.CreateClient();

        using var response = await client.PostAsync("/log?message=of-the-query", Chunked("", type));

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        await Eventually.True(async () => await api.CountAsync("activity_log WHERE message = 'of-the-query'") == 1, "it is logged");
    }

    [Fact]
    public async Task Properties_of_body_and_query_are_merged()
    {
        await using var api = new StandaloneApi();
        using var client = api.CreateClient();

        using var response = await client.PostAsync(
            "/log?properties[a]=1&properties[b]=2", Chunked("{\"message\":\"merged\",\"properties\":{\"b\":\"3\",\"c\":\"4\"}}", "application/json"));

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        await Eventually.True(
            async () => await api.CountAsync("activity_log WHERE message = 'merged' AND properties = '{\"a\":\"1\",\"b\":\"3\",\"c\":\"4\"}'") == 1, "the body's win");
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData(" spaces ", "spaces")]
    [InlineData("\\tescaped\\u0020", "escaped")]
    [InlineData("ends with a letter\\n", "ends with a letter")]
    [InlineData("\u00a0no-break space\u2003", "no-break space")]
    [InlineData("a \\\"word\\\"", "a \"word\"")]
    public async Task Strings_of_a_json_body_are_trimmed(string sent, string stored)
    {
        await using var api = new StandaloneApi();
        using var client = api.CreateClient();

        using var response = await client.PostAsync("/log", Chunked($"{{\"message\":\"{sent}\",\"level\":\" \"}}", "application/json"));
        using var again = await client.PostAsync("/log", Chunked($"{{\"message\":\"{sent}\"}}", "application/json"));

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted), (response.StatusCode, again.StatusCode));
        await Eventually.True(async () => await api.CountAsync($"activity_log WHERE message = '{stored}'") == 2, "both are logged, with the default level");
    }

    [Theory]
    [InlineData("")]
    [InlineData("?x=1")]
    public async Task Names_that_occur_twice_mean_the_same_with_and_without_a_query(string query)
    {
        await using var app = await LibraryApp.StartAsync(routes => routes.MapPost("/bound", (Bound bound) => bound));
        using var client = app.CreateClient();

        foreach (var (sent, bound) in new[]
        {
            ("{\"name\":\"a\",\"name\":\"b\"}", "b|"),
            ("{\"name\":\"a\",\"NAME\":\"b\"}", "b|"),
            ("{\"name\":\"a\",\"Name\":null}", "|"),
            ("{\"members\":{\"a\":\"1\"},\"members\":{\"b\":\"2\"}}", "|a=1 b=2"),
            ("{\"members\":{\"a\":\"1\"},\"MEMBERS\":{\"a\":\"3\",\"b\":\"2\"}}", "|a=3 b=2"),
            ("{\"members\":{\"a\":\"1\"},\"Members\":null}", "|"),
            ("{\"members\":{\"a\":\"1\",\"a\":\"2\"}}", "|a=2"),
            ("{\"members\":{\"a\":\"1\",\"a\":\"2\"},\"members\":{\"b\":\"1\"}}", "|a=2 b=1"),
            ("{\"members\":{\"b\":\"1\"},\"members\":{\"a\":\"1\",\"a\":\"2\"}}", "|b=1 a=2"),
            ("{\"n\\u0061me\":\"a\",\"name\":\"b\"}", "b|"),
        })
        {
            using var response = await client.PostAsync($"/bound{query}", Chunked(sent, "application/json"), TestContext.Current.CancellationToken);
            var read = await response.Content.ReadFromJsonAsync<Bound>(TestContext.Current.CancellationToken);
            Assert.Equal((sent, bound), (sent, $"{read!.Name}|{string.Join(' ', (read.Members ?? []).Select(m => $"{m.Key}={m.Value}"))}"));
        }
    }

    [Theory]
    [InlineData("/register")]
    [InlineData("/password/forgot")]
    public async Task Two_objects_in_the_place_of_a_string_are_a_400(string path)
    {
        await using var api = new StandaloneApi();
        using var client = api.CreateClient();

        using var response = await client.PostAsync(path, Chunked("{\"email\":{\"a\":1,\"a\":2},\"email\":{\"b\":1}}", "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    private sealed record Bound(string? Name, Dictionary<string, string>? Members)
    {
        public static ValueTask<Bound?> BindAsync(HttpContext http) => AnyForm.BindAsync<Bound>(http);
    }

    private static StreamContent Chunked(string body, string? type)
    {
        var content = new StreamContent(new OneWay(Encoding.UTF8.GetBytes(body)));
        content.Headers.ContentType = type is null ? null : new MediaTypeHeaderValue(type);
        return content;
    }

    /// <summary>A stream whose length is not known, so that the request announces none.</summary>
    private sealed class OneWay(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
