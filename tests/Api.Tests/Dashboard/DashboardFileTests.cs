using System.IO.Compression;
using System.Net;
using Messaging.Outbox;
using Messaging.Outbox.Dashboard.Files;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Messaging.Api.Tests.Dashboard;

/// <summary>The files of the dashboard, which anybody may have: they hold no data.</summary>
public sealed class DashboardFileTests(AnonymousApi shared) : IClassFixture<AnonymousApi>
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
        + "base-uri 'self'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    public static TheoryData<string> Names => [.. Assets.All.Keys.Where(name => name != Assets.Index)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task FileHasItsTypeAndContent(string name)
    {
        using var response = await GetAsync($"/dashboard/{name}");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(MediaTypes.Of(name), response.Content.Headers.ContentType?.ToString());
        Assert.NotEqual("application/octet-stream", MediaTypes.Of(name));
        Assert.Equal(Assets.All[name].Content, await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        AssertIsSafe(response);
    }

    [Theory]
    [InlineData("/dashboard")]
    [InlineData("/dashboard/")]
    [InlineData("/dashboard/tasks/7f6c")]
    [InlineData("/dashboard/queues/mail.high")]
    [InlineData("/dashboard/index.html")]
    public async Task EveryPagesAddressHasThePage(string address)
    {
        using var response = await GetAsync(address);

        Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Contains("<base href=\"/dashboard/\">", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        AssertIsSafe(response);
    }

    [Theory]
    [InlineData("/dashboard/nothing.js")]
    [InlineData("/dashboard/App.js")]
    [InlineData("/dashboard/..%2fappsettings.json")]
    [InlineData("/dashboard/.env")]
    [InlineData("/dashboard/lib/../../appsettings.json")]
    [InlineData("/dashboard/Assets.app.js")]
    public async Task UnknownFileIsNotFound(string address)
    {
        using var response = await GetAsync(address);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Theory]
    [InlineData("br", "br")]
    [InlineData("gzip, deflate, br, zstd", "br")]
    [InlineData("gzip", "gzip")]
    [InlineData("br;q=0, gzip", "gzip")]
    [InlineData("zstd", null)]
    public async Task FileIsCompressedAsAccepted(string accept, string? encoding)
    {
        using var response = await GetAsync("/dashboard/app.css", ("Accept-Encoding", accept));

        Assert.Equal(encoding, response.Content.Headers.ContentEncoding.SingleOrDefault());
        Assert.Equal(["Accept-Encoding"], response.Headers.Vary);
        await using var stream = Decompress(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken), encoding);
        using var content = new MemoryStream();
        await stream.CopyToAsync(content, TestContext.Current.CancellationToken);
        Assert.Equal(Assets.All["app.css"].Content, content.ToArray());
    }

    [Theory]
    [InlineData("/dashboard/app.js")]
    [InlineData("/dashboard/tasks")]
    public async Task SameVersionIsNotSentAgain(string address)
    {
        using var first = await GetAsync(address, ("Accept-Encoding", "br"));
        using var plain = await GetAsync(address);

        using var again = await GetAsync(address, ("Accept-Encoding", "br"), ("If-None-Match", first.Headers.ETag!.ToString()));

        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Equal("no-cache", first.Headers.CacheControl?.ToString());
        Assert.NotEqual(first.Headers.ETag, plain.Headers.ETag);
    }

    [Fact]
    public async Task HeadHasTheHeadersAndNoBody()
    {
        using var client = shared.Api.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Head, "/dashboard/app.js");

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(Assets.All["app.js"].Content.Length, response.Content.Headers.ContentLength);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        AssertIsSafe(response);
    }

    [Fact]
    public async Task PageKnowsPathBaseAndPrefix()
    {
        await using var app = await LibraryApp.StartAsync(
            app => app.MapGroup("/{tenant}/ops").MapOutboxDashboard(options => options.Path = "/board"),
            before: app => app.Use((http, next) =>
            {
                http.Request.PathBase = "/outer \"x";
                return next(http);
            }));
        using var client = app.CreateClient();

        var page = await client.GetStringAsync("/a/ops/board/tasks/1", TestContext.Current.CancellationToken);

        Assert.Contains("<base href=\"/outer%20%22x/a/ops/board/\">", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dashboard", null)]
    [InlineData("/", null)]
    [InlineData("/a/", null)]
    [InlineData("/{a}", null)]
    [InlineData("/a", "javascript:alert('{traceId}')")]
    [InlineData("/a", "https://jaeger.example.org/")]
    public async Task WrongOptionStopsTheStart(string path, string? traceUrl) =>
        await Assert.ThrowsAsync<OutboxConfigurationException>(async () => await LibraryApp.StartAsync(
            app => app.MapOutboxDashboard(options => (options.Path, options.TraceUrl) = (path, traceUrl))));

    /// <summary>Compressed, all files together: a page on a slow line.</summary>
    [Fact]
    public void AllFilesHaveAtMost150Kilobytes() =>
        Assert.InRange(Assets.All.Values.Sum(asset => asset.In("br").Length), 1, 150 * 1_024);

    private static Stream Decompress(Stream stream, string? encoding) => encoding switch
    {
        "br" => new BrotliStream(stream, CompressionMode.Decompress),
        "gzip" => new GZipStream(stream, CompressionMode.Decompress),
        _ => stream,
    };

    private static void AssertIsSafe(HttpResponseMessage response)
    {
        Assert.Equal([Policy], response.Headers.GetValues("Content-Security-Policy"));
        Assert.Equal(["nosniff"], response.Headers.GetValues("X-Content-Type-Options"));
        Assert.Equal(["no-referrer"], response.Headers.GetValues("Referrer-Policy"));
        Assert.Equal(["same-origin"], response.Headers.GetValues("Cross-Origin-Opener-Policy"));
        Assert.Single(response.Headers.GetValues("Permissions-Policy"));
    }

    private async Task<HttpResponseMessage> GetAsync(string address, params (string Name, string Value)[] headers)
    {
        using var client = shared.Api.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
