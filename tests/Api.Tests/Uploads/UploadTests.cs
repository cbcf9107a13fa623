using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Messaging.Outbox.AspNetCore.Access;
using Messaging.Api.Uploads;
using Messaging.ServiceDefaults.Files;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SkiaSharp;

namespace Messaging.Api.Tests.Uploads;

/// <summary><c>/uploads</c>, with the worker behind it.</summary>
public sealed class UploadTests : IAsyncLifetime
{
    private static readonly byte[] Text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("größer als ein Puffer\n", 10_000)));

    private readonly StandaloneApi _api = new(("Uploads:MaxBytes", "400000"), ("Uploads:MinFreeBytes", "0"));
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
        var image = UploadsUnderTest.Image(1_000, 500);
        using HttpContent content = way switch
        {
            "form" => UploadsUnderTest.Form(image, name),
            "form's file name" => UploadsUnderTest.Form(image, fileName: name),
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
    public async Task The_openapi_document_describes_both_ways_to_send_a_file()
    {
        using var client = _api.CreateClient();

        var paths = (await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json")).GetProperty("paths");

        var upload = paths.GetProperty("/uploads").GetProperty("post");
        Assert.Equal(
            ["application/octet-stream", "multipart/form-data"],
            upload.GetProperty("requestBody").GetProperty("content").EnumerateObject().Select(c => c.Name).Order());
        Assert.Equal(
            ["202", "400", "401", "403", "413", "415", "422", "503", "507"],
            upload.GetProperty("responses").EnumerateObject().Select(r => r.Name).Order());
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

    public static TheoryData<string, HttpStatusCode, string> Wrong => new()
    {
        { "too large", HttpStatusCode.RequestEntityTooLarge, "400000" },
        { "too large, of unknown length", HttpStatusCode.RequestEntityTooLarge, "400000" },
        { "a program", HttpStatusCode.UnsupportedMediaType, "PNG, JPEG" },
        { "a program that says it is an image", HttpStatusCode.UnsupportedMediaType, "PNG, JPEG" },
        { "a text with a zero far behind", HttpStatusCode.UnsupportedMediaType, "PNG, JPEG" },
        { "a text that is not UTF-8", HttpStatusCode.UnsupportedMediaType, "PNG, JPEG" },
        { "a text that ends within a character", HttpStatusCode.UnsupportedMediaType, "PNG, JPEG" },
        { "empty", HttpStatusCode.BadRequest, "\"file\"" },
        { "empty body", HttpStatusCode.BadRequest, "\"file\"" },
        { "no file", HttpStatusCode.BadRequest, "\"file\"" },
        { "no name", HttpStatusCode.BadRequest, "\"name\"" },
        { "name too long", HttpStatusCode.BadRequest, "\"name\"" },
        { "name with a line break", HttpStatusCode.BadRequest, "\"name\"" },
        { "another field", HttpStatusCode.BadRequest, "\"form\"" },
        { "two files", HttpStatusCode.BadRequest, "last part" },
        { "name after the file", HttpStatusCode.BadRequest, "last part" },
        { "a form that breaks off", HttpStatusCode.BadRequest, "ends early" },
        { "a form without a boundary", HttpStatusCode.BadRequest, "boundary" },
        { "a form's name in UTF-7", HttpStatusCode.BadRequest, "use UTF-8" },
        { "filename*=utf-7''abc", HttpStatusCode.BadRequest, "use UTF-8" },
        { "filename=\"=?utf-7?B?aGVsbG8=?=\"", HttpStatusCode.BadRequest, "use UTF-8" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task A_refusal_names_its_reason_and_leaves_nothing(string what, HttpStatusCode status, string why)
    {
        using var response = await _client!.PostAsync(what is "empty body" ? "/uploads?name=a" : "/uploads", Content(what));

        Assert.Equal((status, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.Contains(why, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await _api.AssertNothingIsLeftAsync();
    }

    private static HttpContent Content(string what)
    {
        var large = Encoding.ASCII.GetBytes(new string('a', 400_001));
        var program = new byte[2_000];
        "\u007fELF"u8.CopyTo(program);
        switch (what)
        {
            case "too large": return UploadsUnderTest.Form(large, "a");
            case "too large, of unknown length": return new MultipartFormDataContent { { new StreamContent(new Trickle(large)), "file", "a" } };
            case "a program": return UploadsUnderTest.Form(program, "a");
            case "a program that says it is an image":
                var form = UploadsUnderTest.Form(program, "a", "a.png");
                form.Last().Headers.ContentType = new("image/png");
                return form;
            case "a text with a zero far behind": return UploadsUnderTest.Form([.. Text, 0, .. Text[..1_000]], "a");
            case "a text that is not UTF-8": return UploadsUnderTest.Form(Encoding.Latin1.GetBytes("größer als ein Puffer"), "a");
            case "a text that ends within a character": return UploadsUnderTest.Form(Encoding.UTF8.GetBytes("aü")[..^1], "a");
            case "empty": return UploadsUnderTest.Form([], "a");
            case "empty body": return new ByteArrayContent([]);
            case "no file": return new MultipartFormDataContent { { new StringContent("a"), "name" } };
            case "no name": return new ByteArrayContent(Text);
            case "name too long": return UploadsUnderTest.Form(Text, new string('a', 201));
            case "name with a line break": return UploadsUnderTest.Form(Text, "a\r\nb");
            case "another field": return new MultipartFormDataContent { { new StringContent("a"), "nmae" }, { new ByteArrayContent(Text), "file", "a" } };
            case "two files":
                return new MultipartFormDataContent { { new ByteArrayContent(Text), "file", "a" }, { new ByteArrayContent("b"u8.ToArray()), "file", "b" } };
            case "name after the file": return new MultipartFormDataContent { { new ByteArrayContent(Text), "file", "a" }, { new StringContent("a"), "name" } };
            case "a form that breaks off":
                var broken = new ByteArrayContent(Encoding.ASCII.GetBytes(
                    $"--x\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\n{new string('a', 100_000)}"));
                broken.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=x");
                return broken;
            case "a form without a boundary":
                var none = new ByteArrayContent(Text);
                none.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data");
                return none;
            case "a form's name in UTF-7":
                var form7 = UploadsUnderTest.Form(Text);
                form7.Single().Headers.Remove("Content-Disposition");
                form7.Single().Headers.TryAddWithoutValidation("Content-Disposition", "form-data; name=file; filename*=utf-7''abc");
                return form7;
            case ['f', 'i', 'l', 'e', 'n', ..]:
                var body = new ByteArrayContent(Text);
                body.Headers.TryAddWithoutValidation("Content-Disposition", $"attachment; {what}");
                return body;
            default: throw new ArgumentOutOfRangeException(nameof(what), what, message: null);
        }
    }

    [Fact]
    public async Task An_upload_that_is_aborted_leaves_nothing()
    {
        using var abort = new CancellationTokenSource();
        using var content = new StreamContent(new Trickle(Text, stall: true));

        var sending = _client!.PostAsync("/uploads?name=a", content, abort.Token);
        await Eventually.True(() => _api.UploadFiles().Any(f => new FileInfo(f).Length > 0), "a part of it is on the disk");
        await abort.CancelAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => sending);
        await Eventually.True(() => _api.UploadFiles().Count == 0, "the part is deleted");
        await _api.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task A_disk_that_would_be_too_full_is_a_507()
    {
        await using var api = new StandaloneApi(("Uploads:MinFreeBytes", $"{long.MaxValue}"));
        using var client = api.CreateClient();

        using var response = await client.PostAsync("/uploads", UploadsUnderTest.Form(Text, "a"));

        Assert.Equal(HttpStatusCode.InsufficientStorage, response.StatusCode);
        await api.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task A_huge_declared_length_is_a_413_and_not_a_507()
    {
        using var content = new ByteArrayContent(Text);
        content.Headers.ContentLength = 1L << 60;

        using var response = await _client!.PostAsync("/uploads?name=a", content);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        await _api.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task A_disk_that_fills_meanwhile_is_a_507()
    {
        await using var api = new StandaloneApi(("Uploads:MinFreeBytes", "0"));
        using var client = api.CreateClient(new() { AllowAutoRedirect = false });
        var options = api.Services.GetRequiredService<IOptions<UploadOptions>>().Value;
        using var content = new StreamContent(new Trickle([.. Enumerable.Repeat((byte)'a', 8_000_000)], atHalf: async () =>
        {
            await Eventually.True(() => api.UploadFiles().Any(f => new FileInfo(f).Length > 0), "a part of it is on the disk");
            options.MinFreeBytes = long.MaxValue;
        }));

        using var response = await client.PostAsync("/uploads?name=a", content);

        Assert.Equal(HttpStatusCode.InsufficientStorage, response.StatusCode);
        await api.AssertNothingIsLeftAsync();
    }

    [Fact]
    public void A_full_disk_is_told_apart_from_a_failing_one()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "This system has no disk that is always full.");
        using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 1);

        Assert.True(FileFolder.IsDiskFull(Assert.Throws<IOException>(() => full.Write(Text))));
        Assert.False(FileFolder.IsDiskFull(Assert.Throws<FileNotFoundException>(() => File.OpenRead("/tmp/there is no such file"))));
    }

    [Fact]
    public async Task A_newer_version_replaces_the_one_before_with_both_its_files()
    {
        var first = await _api.UploadedAsync(UploadsUnderTest.Image(300, 300), "logo");
        var other = await _api.UploadedAsync(Text, "other");

        var second = await _api.UploadedAsync(UploadsUnderTest.Image(400, 300, SKEncodedImageFormat.Jpeg), "logo");

        using var gone = await _client!.GetAsync($"/uploads/{first}/content");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.Equal(2, await _api.CountAsync("uploads"));
        Assert.Equal("image/jpeg", Get(await _api.FindAsync(second), "contentType"));
        Assert.Equal(Text, await _client.GetByteArrayAsync($"/uploads/{other}/content"));
        await _api.AssertFilesAreThoseOfRowsAsync();
    }

    [Fact]
    public async Task Of_concurrent_uploads_with_one_name_only_the_newest_stays()
    {
        var uploads = await Task.WhenAll(Enumerable.Range(1, 12).Select(i => _api.UploadAsync(UploadsUnderTest.Image(100 + i, 50), "logo")));

        await Eventually.True(async () => await _api.CountAsync("tasks WHERE state <> 3") == 0, "all of them are done");
        Assert.Equal(1, await _api.CountAsync("uploads"));
        Assert.Equal("Ready", Get(await _api.FindAsync(uploads.Max(u => u.Id)), "state"));
        await _api.AssertFilesAreThoseOfRowsAsync();
    }

    [Theory]
    [InlineData(900, 5_000, "The image is broken")]
    [InlineData(300, 0, "The image has 300 x 300 pixels; 70000 pixels are allowed.")]
    public async Task A_bad_image_fails_at_once_and_the_old_version_stays(int side, int cut, string why)
    {
        await using var api = new StandaloneApi(("Uploads:MaxPixels", side == 300 ? "70000" : "40000000"));
        var before = await api.UploadedAsync(Text, "logo");
        var image = UploadsUnderTest.Image(side, side, SKEncodedImageFormat.Jpeg);

        var (id, taskId) = await api.UploadAsync(cut == 0 ? image : image[..(image.Length - Math.Min(cut, image.Length / 2))], "logo");

        var task = await api.StateAsync(taskId, "Failed");
        Assert.Contains(why, Get(task, "lastError"), StringComparison.Ordinal);
        Assert.Equal(1, task.GetProperty("attempts").GetInt32());
        Assert.Equal("Ready", Get(await api.FindAsync(before), "state"));
        Assert.Equal("Received", Get(await api.FindAsync(id), "state"));
        await api.AssertFilesAreThoseOfRowsAsync();
    }

    [Fact]
    public async Task A_deleted_upload_is_gone_with_its_files()
    {
        var id = await _api.UploadedAsync(UploadsUnderTest.Image(300, 300), "logo");

        using var response = await _client!.DeleteAsync($"/uploads/{id}");

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        await _api.SucceededAsync((await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("taskId").GetGuid());
        Assert.Empty(_api.UploadFiles());
        Assert.Equal(0, await _api.CountAsync("uploads"));
        using var again = await _client.DeleteAsync($"/uploads/{id}");
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    [Fact]
    public async Task A_repeated_upload_with_its_key_is_stored_once()
    {
        using var first = await PostAsync(UploadsUnderTest.Form(Text, "a"));
        using var again = await PostAsync(UploadsUnderTest.Form(Text, "a")); // with another boundary
        using var other = await PostAsync(UploadsUnderTest.Form(Text[..^1], "a"));

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

        using var response = await _client!.PostAsync("/uploads", UploadsUnderTest.Form(Text, "a"));

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

    [Theory]
    [InlineData("POST", "/uploads?name=a", HttpStatusCode.Forbidden)]
    [InlineData("DELETE", "/uploads/01a20dc3-f5b1-7af4-86cc-7c560613e3ad", HttpStatusCode.Forbidden)]
    [InlineData("GET", "/uploads", HttpStatusCode.OK)]
    [InlineData("GET", "/uploads/01a20dc3-f5b1-7af4-86cc-7c560613e3ad", HttpStatusCode.NotFound)]
    [InlineData("GET", "/uploads/01a20dc3-f5b1-7af4-86cc-7c560613e3ad/content", HttpStatusCode.NotFound)]
    [InlineData("GET", "/uploads/01a20dc3-f5b1-7af4-86cc-7c560613e3ad/thumbnail", HttpStatusCode.NotFound)]
    public async Task Without_a_key_all_is_closed_and_readers_change_nothing(string method, string path, HttpStatusCode ofReader)
    {
        var key = ApiKeys.New();
        await using var api = new StandaloneApi(
            ("Access:Keys:0:Name", "reader"), ("Access:Keys:0:Role", "read"), ("Access:Keys:0:Hash", ApiKeys.Hash(key)));
        using var client = api.CreateClient();

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync());
        client.DefaultRequestHeaders.Add("X-Api-Key", key);
        Assert.Equal(ofReader, await StatusAsync());
        await api.AssertNothingIsLeftAsync();

        async Task<HttpStatusCode> StatusAsync()
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = method == "POST" ? new ByteArrayContent(Text) : null };
            using var response = await client.SendAsync(request);
            return response.StatusCode;
        }
    }

    private static string? Get(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static IEnumerable<Guid> Ids(JsonElement page) => page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetGuid());

    /// <summary>A body of unknown length; if it stalls, its second half never comes.</summary>
    private sealed class Trickle(byte[] bytes, bool stall = false, Func<Task>? atHalf = null) : Stream
    {
        private int _position;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (stall && _position > bytes.Length / 2)
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            var count = Math.Min(Math.Min(buffer.Length, 4_096), bytes.Length - _position);
            if (atHalf is not null && _position <= bytes.Length / 2 && _position + count > bytes.Length / 2)
            {
                await atHalf();
            }

            bytes.AsMemory(_position, count).CopyTo(buffer);
            _position += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override void Flush() => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
