using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using Messaging.Outbox;
using Messaging.Outbox.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Api.Tests.Hosting;

/// <summary>Routes that an application had before the library came: they answer as before.</summary>
public sealed class OwnRoutesTests : IAsyncLifetime
{
    private LibraryApp _app = null!;
    private HttpClient _client = null!;

    internal enum Colour
    {
        Red,
        Green,
    }

    public async ValueTask InitializeAsync()
    {
        _app = await LibraryApp.StartAsync(
            routes =>
            {
                routes.MapGet("/page", () => TypedResults.Text("<script>alert()</script>", "text/html"));
                routes.MapPost("/paint", (Paint paint) => new Paint(paint.Colour == Colour.Red ? Colour.Green : Colour.Red));
                routes.MapPost("/files", ReadAsync).WithMetadata(new OwnSize(1_000_000));
                routes.MapPost("/short", ReadAsync);
                var units = routes.MapOutboxGroup();
                units.MapPost("/large-units", ReadAsync).LimitsAnonymous(RateLimitPolicies.Reads).WithMetadata(new OwnSize(1_000_000));
                routes.MapPost("/unit", ReadAsync).CommitsUnitOfWork();
                units.MapPost("/endless-units", ReadAsync).LimitsAnonymous(RateLimitPolicies.Reads).WithMetadata(new OwnSize(null));
            },
            services => services.AddRequestDecompression());
        _client = _app.CreateClient();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task A_page_may_run_its_scripts_and_be_cached()
    {
        using var response = await _client.GetAsync("/page", TestContext.Current.CancellationToken);

        Assert.False(response.Headers.Contains("Content-Security-Policy"));
        Assert.Null(response.Headers.CacheControl);
    }

    [Theory]
    [InlineData("/no-such-page", null)]
    [InlineData("/tasks", null)]
    [InlineData("/tasks", "key")]
    public async Task Errors_and_the_library_s_answers_run_nothing(string path, string? key)
    {
        using var client = _app.CreateClient(key is null ? null : _app.ReadKey);

        using var response = await client.GetAsync(path, TestContext.Current.CancellationToken);

        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        Assert.StartsWith("default-src 'none'", Assert.Single(response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Enumerations_of_the_application_stay_numbers()
    {
        using var response = await _client.PostAsync("/paint", Json("""{"colour":0}"""), TestContext.Current.CancellationToken);

        Assert.Equal("""{"colour":1}""", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Enumerations_of_the_library_are_names()
    {
        using var client = _app.CreateClient(_app.OperateKey);

        using var response = await client.PutAsync("/schedules/a", Json("""{"cron":"0 0 * * *","misfire":0}"""), TestContext.Current.CancellationToken);

        Assert.Contains("fire_once", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_route_may_set_the_size_of_its_bodies()
    {
        using var large = await _client.PostAsync("/files", new ByteArrayContent(new byte[200_000]), TestContext.Current.CancellationToken);
        using var other = await _client.PostAsync("/short", new ByteArrayContent(new byte[200_000]), TestContext.Current.CancellationToken);

        Assert.Equal(("200000", HttpStatusCode.RequestEntityTooLarge), (await large.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), other.StatusCode));
    }

    [Theory]
    [InlineData("/large-units", 200_000, HttpStatusCode.OK)]
    [InlineData("/unit", 60_000, HttpStatusCode.OK)] // without a group
    [InlineData("/large-units", 1_000_001, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData("/endless-units", 200_000, HttpStatusCode.RequestEntityTooLarge)] // a body that is read twice has a limit
    public async Task A_body_with_an_idempotency_key_has_the_limit_of_its_route(string path, int bytes, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(new byte[bytes]), Headers = { { "Idempotency-Key", $"{Guid.NewGuid()}" } } };

        using var response = await _client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task A_body_that_is_read_twice_is_written_to_no_file()
    {
        Stream? body = null;
        await using var app = await LibraryApp.StartAsync(routes => routes.MapOutboxGroup().MapPost("/units", (HttpRequest request) =>
        {
            body = request.Body;
            return ReadAsync(request);
        }).LimitsAnonymous(RateLimitPolicies.Reads));
        using var client = app.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/units") { Content = new ByteArrayContent(new byte[60_000]), Headers = { { "Idempotency-Key", $"{Guid.NewGuid()}" } } };

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal("60000", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Null(Assert.IsType<Microsoft.AspNetCore.WebUtilities.FileBufferingReadStream>(body).TempFileName);
    }

    [Fact]
    public async Task A_compressed_body_that_is_read_twice_is_refused_in_words()
    {
        await using var app = await LibraryApp.StartAsync(
            routes =>
            {
                routes.UseRequestDecompression();
                routes.MapOutboxGroup().MapPost("/units", ReadAsync).LimitsAnonymous(RateLimitPolicies.Reads);
            },
            services => services.AddRequestDecompression());
        using var client = app.CreateClient();
        using var content = new ByteArrayContent(await CompressedAsync("twelve bytes"u8.ToArray())) { Headers = { { "Content-Encoding", "gzip" } } };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/units") { Content = content, Headers = { { "Idempotency-Key", $"{Guid.NewGuid()}" } } };

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        Assert.Contains("UseRequestDecompression comes before UseOutboxApi", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_application_that_reads_compressed_bodies_still_does()
    {
        await using var app = await LibraryApp.StartAsync(
            routes =>
            {
                routes.UseRequestDecompression();
                routes.MapPost("/short", ReadAsync);
            },
            services => services.AddRequestDecompression());
        using var client = app.CreateClient();
        using var content = new ByteArrayContent(await CompressedAsync("twelve bytes"u8.ToArray())) { Headers = { { "Content-Encoding", "gzip" } } };
        using var response = await client.PostAsync("/short", content, TestContext.Current.CancellationToken);

        Assert.Equal("12", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_needs_a_key_is_in_no_cache_of_the_application()
    {
        await using var app = await LibraryApp.StartAsync(
            configure: services => services.AddOutputCache(options => options.AddBasePolicy(cache => cache.Cache())),
            before: pipeline => pipeline.UseOutputCache());
        using var client = app.CreateClient(app.OperateKey);
        using var anybody = app.CreateClient();

        using var answer = await client.GetAsync("/tasks", TestContext.Current.CancellationToken);
        using var refused = await anybody.GetAsync("/tasks", TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (answer.StatusCode, refused.StatusCode));
    }

    [Fact]
    public async Task An_error_page_of_the_application_may_run_its_scripts()
    {
        await using var app = await LibraryApp.StartAsync(routes => routes.Run(http =>
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return http.Response.WriteAsync("<script>alert()</script>");
        }), before: pipeline => pipeline.Use((http, next) =>
        {
            http.Response.ContentType = "text/html";
            return next(http);
        }));
        using var client = app.CreateClient();

        using var response = await client.GetAsync("/no-such-page", TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.NotFound, false), (response.StatusCode, response.Headers.Contains("Content-Security-Policy")));
    }

    [Theory]
    [InlineData("text/html")] // not as a problem, which has the headers by its type
    [InlineData("application/json")]
    public async Task An_error_in_any_form_runs_nothing(string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/no-such-page") { Headers = { { "Accept", accept } } };

        using var response = await _client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.StartsWith("default-src 'none'", Assert.Single(response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
    }

    private static async Task<string> ReadAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        return body.Length.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<byte[]> CompressedAsync(byte[] content)
    {
        using var body = new MemoryStream();
        await using (var gzip = new GZipStream(body, CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync(content);
        }

        return body.ToArray();
    }

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");

    internal sealed record Paint(Colour Colour);

    private sealed record OwnSize(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
}
