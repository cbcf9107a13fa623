using Messaging.Outbox.AspNetCore.Access;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using SkiaSharp;
using static Messaging.Api.Tests.Uploads.UploadsUnderTest;

namespace Messaging.Api.Tests.Uploads;

/// <summary><c>/uploads</c>, with the worker behind it.</summary>
public sealed class UploadTests : IAsyncLifetime
{
    private readonly StandaloneApi _api = new(SmallUploads.Settings);
    private HttpClient? _client;

    public ValueTask InitializeAsync()
    {
        _client = _api.CreateClient(new() { AllowAutoRedirect = false }); // for redirects it would keep the whole body
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        await _api.DisposeAsync();
    }

    [Theory]
    [InlineData("form", "logo")]
    [InlineData("form's file name", "größe 😀.png")]
    [InlineData("body and query", "logo")]
    [InlineData("body and header", "logo.png")]
    public async Task A_file_comes_in_a_form_or_body_and_can_be_downloaded(string way, string name)
    {
        var image = Image(1_000, 500);
        using HttpContent content = way switch
        {
            "form" => Form(image, name),
            "form's file name" => Form(image, fileName: name),
            _ => new ByteArrayContent(image),
        };
        if (way == "body and header")
        {
            content.Headers.ContentDisposition = new("attachment") { FileName = name };
        }

        using var response = await _client!.PostAsync(way == "body and query" ? $"/uploads?name={name}" : "/uploads", content);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var accepted = await response.Content.ReadFromJsonAsync<JsonElement>();
        await _api.SucceededAsync(accepted.GetProperty("taskId").GetGuid());
        var id = accepted.GetProperty("id").GetGuid();
        var upload = await _api.FindAsync(id);
        Assert.Equal((name, "image/png", "Ready"), (Get(upload, "name"), Get(upload, "contentType"), Get(upload, "state")));
        Assert.Equal(image.Length, upload.GetProperty("size").GetInt64());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(image)), Get(upload, "sha256"));
        Assert.Equal(image, await _client.GetByteArrayAsync($"/uploads/{id}/content"));
        using var thumbnail = SKBitmap.Decode(await _client.GetByteArrayAsync($"/uploads/{id}/thumbnail"));
        Assert.Equal((256, 128), (thumbnail.Width, thumbnail.Height));
        await _api.AssertFilesAreThoseOfRowsAsync();
    }

    [Fact]
    public async Task A_text_has_no_thumbnail_and_is_sent_back_harmless()
    {
        var page = "<script>alert(1)</script>"u8.ToArray();
        var id = await _api.UploadedAsync(page, "page.html");

        using var response = await _client!.GetAsync($"/uploads/{id}/content");

        Assert.Equal("text/plain; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition?.DispositionType);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("default-src 'none'; sandbox", Assert.Single(response.Headers.GetValues("Content-Security-Policy")));
        Assert.False((await _api.FindAsync(id)).GetProperty("hasThumbnail").GetBoolean());
        using var thumbnail = await _client.GetAsync($"/uploads/{id}/thumbnail");
        Assert.Equal(HttpStatusCode.NotFound, thumbnail.StatusCode);
    }

    [Fact]
    public async Task A_known_file_is_a_304_and_a_range_is_served()
    {
        var id = await _api.UploadedAsync(Text, "text");
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(Text))}\"");

        using var again = await GetAsync(request => request.Headers.IfNoneMatch.Add(tag));
        using var range = await GetAsync(request => request.Headers.Range = new RangeHeaderValue(10, 19));

        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Equal((HttpStatusCode.PartialContent, tag), (range.StatusCode, range.Headers.ETag));
        Assert.Equal(Text[10..20], await range.Content.ReadAsByteArrayAsync());

        Task<HttpResponseMessage> GetAsync(Action<HttpRequestMessage> with)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, $"/uploads/{id}/content");
            with(request);
            return _client!.SendAsync(request);
        }
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("C:\\x")]
    [InlineData("/etc/passwd")]
    [InlineData("'; DROP TABLE uploads --")]
    public async Task A_name_is_only_text(string name)
    {
        var id = await _api.UploadedAsync(Text, name);

        Assert.Equal(name, Get(await _api.FindAsync(id), "name"));
        Assert.Equal([$"{id:N}"], _api.UploadFiles().Select(Path.GetFileName));
        using var response = await _client!.GetAsync($"/uploads/{id}/content");
        Assert.DoesNotContain(response.Content.Headers.ContentDisposition!.FileNameStar!, c => c is '/' or '\\');
    }

    [Fact]
    public async Task A_repeated_upload_with_its_key_is_stored_once()
    {
        using var first = await PostAsync(Form(Text, "a"));
        using var again = await PostAsync(Form(Text, "a")); // with another boundary
        using var other = await PostAsync(Form(Text[..^1], "a"));

        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        Assert.True(again.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        Assert.Equal(1, await _api.CountAsync("uploads"));
        await _api.AssertFilesAreThoseOfRowsAsync();

        Task<HttpResponseMessage> PostAsync(HttpContent content)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, "/uploads") { Content = content };
            request.Headers.Add("Idempotency-Key", "k1");
            return _client!.SendAsync(request);
        }
    }

    [Fact]
    public async Task A_row_that_the_database_refuses_leaves_no_file()
    {
        await _api.ExecuteAsync("CREATE TRIGGER refuse BEFORE INSERT ON uploads BEGIN SELECT raise(ABORT, 'no'); END");

        using var response = await _client!.PostAsync("/uploads", Form(Text, "a"));

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        await _api.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task Uploads_are_listed_by_page_and_by_name()
    {
        var ids = new List<Guid>();
        foreach (var name in new[] { "a", "b", "c" })
        {
            ids.Add(await _api.UploadedAsync(Text, name));
            await Task.Delay(2, TestContext.Current.CancellationToken); // ids of one millisecond are in no order
        }

        var first = await _client!.GetFromJsonAsync<JsonElement>("/uploads?limit=2");
        var second = await _client!.GetFromJsonAsync<JsonElement>($"/uploads?limit=2&after={first.GetProperty("next").GetGuid()}");
        var named = await _client!.GetFromJsonAsync<JsonElement>("/uploads?name=b");
        using var wrong = await _client!.GetAsync("/uploads?limit=0&nmae=b");

        Assert.Equal([ids[2], ids[1]], Ids(first));
        Assert.Equal([ids[0]], Ids(second));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("next").ValueKind);
        Assert.Equal([ids[1]], Ids(named));
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    private static string? Get(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static IEnumerable<Guid> Ids(JsonElement page) => page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetGuid());
}
