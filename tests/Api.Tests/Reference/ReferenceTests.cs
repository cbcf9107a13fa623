using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Messaging.Api.Tests.Reference;

/// <summary>The OpenAPI document and its page.</summary>
public sealed class ReferenceTests(SharedApi shared) : IClassFixture<SharedApi>
{
    private const string Document = "/openapi/v1.json";

    [Fact]
    public async Task The_document_is_compressed_and_sent_again_only_when_it_changed()
    {
        using var client = shared.Api.CreateClient();
        using var plain = await client.GetAsync(Document);
        using var request = new HttpRequestMessage(HttpMethod.Get, Document);
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        using var compressed = await client.SendAsync(request);

        Assert.Equal("gzip", Assert.Single(compressed.Content.Headers.ContentEncoding));
        Assert.Equal("Accept-Encoding", Assert.Single(compressed.Headers.Vary));
        await using var unpacked = new GZipStream(await compressed.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        using var reader = new StreamReader(unpacked);
        Assert.Equal(await plain.Content.ReadAsStringAsync(), await reader.ReadToEndAsync());
        Assert.NotEqual(plain.Headers.ETag, compressed.Headers.ETag);

        using var again = new HttpRequestMessage(HttpMethod.Get, Document);
        again.Headers.IfNoneMatch.Add(plain.Headers.ETag!);
        using var notModified = await client.SendAsync(again);
        Assert.Equal((HttpStatusCode.NotModified, 0), (notModified.StatusCode, (await notModified.Content.ReadAsByteArrayAsync()).Length));
    }

    [Fact]
    public async Task The_document_does_not_repeat_the_host_that_a_caller_sent()
    {
        using var client = shared.Api.CreateClient();
        using var first = new HttpRequestMessage(HttpMethod.Get, Document) { Headers = { Host = "attacker.example" } };
        using var answer = await client.SendAsync(first);

        var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;

        Assert.Equal("/", Assert.Single(document.GetProperty("servers").EnumerateArray()).GetProperty("url").GetString());
    }

    [Fact]
    public async Task The_page_runs_its_own_scripts_only_and_is_not_framed()
    {
        using var client = shared.Api.CreateClient();
        using var answer = await client.GetAsync("/scalar/");

        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        var page = await answer.Content.ReadAsStringAsync();
        var nonce = policy.Split("'nonce-")[1].Split('\'')[0];

        Assert.Equal(3, page.Split($"nonce=\"{nonce}\"").Length - 1);
        Assert.Equal(3, page.Split("<script").Length - 1);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Off", HttpStatusCode.NotFound)]
    [InlineData("Keyed", HttpStatusCode.Unauthorized)]
    public async Task The_page_and_the_document_can_be_closed(string access, HttpStatusCode expected)
    {
        await using var api = new StandaloneApi(
            ("Reference:Access", access), ("Access:Keys:0:Name", "ann"), ("Access:Keys:0:Role", "read"), ("Access:Keys:0:Hash", new string('a', 64)));
        using var client = api.CreateClient();

        foreach (var path in new[] { Document, "/scalar/" })
        {
            using var answer = await client.GetAsync(path);
            Assert.Equal((path, expected), (path, answer.StatusCode));
        }
    }

    [Theory]
    [InlineData("/tasks", HttpStatusCode.OK)]
    [InlineData("/nowhere", HttpStatusCode.NotFound)]
    [InlineData("/tasks?state=None", HttpStatusCode.BadRequest)]
    public async Task No_answer_is_kept_by_a_cache_or_framed(string path, HttpStatusCode expected)
    {
        using var client = shared.Api.CreateClient();
        using var answer = await client.GetAsync(path);

        Assert.Equal(expected, answer.StatusCode);
        Assert.True(answer.Headers.CacheControl?.NoStore);
        Assert.Equal("default-src 'none'; frame-ancestors 'none'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
    }

    [Fact]
    public async Task A_name_in_a_body_is_described_by_the_names()
    {
        using var client = shared.Api.CreateClient();

        var schemas = (await client.GetFromJsonAsync<JsonElement>(Document)).GetProperty("components").GetProperty("schemas");

        Assert.Equal(["High", "Normal", "Low"], NamesOf("QueueChangeRequest", "priority"));
        Assert.Equal(["Information", "Warning", "Error"], NamesOf("LogRequest", "level").Intersect(["Information", "Warning", "Error"]));

        List<string?> NamesOf(string type, string member) =>
            [.. Resolved(schemas.GetProperty(type).GetProperty("properties").GetProperty(member)).GetProperty("enum").EnumerateArray().Select(e => e.GetString()).Where(e => e is not null)];

        JsonElement Resolved(JsonElement schema) => schema.TryGetProperty("oneOf", out var several)
            ? Resolved(several.EnumerateArray().First(s => s.TryGetProperty("$ref", out _) || s.TryGetProperty("enum", out _)))
            : schema.TryGetProperty("$ref", out var reference) ? schemas.GetProperty(reference.GetString()!.Split('/')[^1]) : schema;
    }

    [Fact]
    public async Task The_openapi_document_describes_both_ways_to_upload_a_file()
    {
        using var client = shared.Api.CreateClient();

        var paths = (await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json")).GetProperty("paths");

        var upload = paths.GetProperty("/uploads").GetProperty("post");
        Assert.Equal(
            ["application/octet-stream", "multipart/form-data"],
            upload.GetProperty("requestBody").GetProperty("content").EnumerateObject().Select(c => c.Name).Order());
        Assert.Equal(
            ["202", "400", "401", "403", "413", "415", "422", "503", "507"],
            upload.GetProperty("responses").EnumerateObject().Select(r => r.Name).Order());
    }
}
