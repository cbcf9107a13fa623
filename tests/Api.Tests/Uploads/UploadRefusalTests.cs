using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using static Messaging.Api.Tests.Uploads.UploadsUnderTest;

namespace Messaging.Api.Tests.Uploads;

/// <summary>What <c>POST /uploads</c> refuses: it names the reason, and leaves nothing.</summary>
public sealed class UploadRefusalTests(SmallUploads shared) : IClassFixture<SmallUploads>, IDisposable
{
    private readonly StandaloneApi _api = shared.Api;
    private readonly HttpClient _client = shared.Api.CreateClient(new() { AllowAutoRedirect = false }); // for redirects it would keep the whole body

    public void Dispose() => _client.Dispose();

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
        using var response = await _client.PostAsync(what is "empty body" ? "/uploads?name=a" : "/uploads", Content(what));

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
            case "too large": return Form(large, "a");
            case "too large, of unknown length": return new MultipartFormDataContent { { new StreamContent(new Trickle(large)), "file", "a" } };
            case "a program": return Form(program, "a");
            case "a program that says it is an image":
                var form = Form(program, "a", "a.png");
                form.Last().Headers.ContentType = new("image/png");
                return form;
            case "a text with a zero far behind": return Form([.. Text, 0, .. Text[..1_000]], "a");
            case "a text that is not UTF-8": return Form(Encoding.Latin1.GetBytes("größer als ein Puffer"), "a");
            case "a text that ends within a character": return Form(Encoding.UTF8.GetBytes("aü")[..^1], "a");
            case "empty": return Form([], "a");
            case "empty body": return new ByteArrayContent([]);
            case "no file": return new MultipartFormDataContent { { new StringContent("a"), "name" } };
            case "no name": return new ByteArrayContent(Text);
            case "name too long": return Form(Text, new string('a', 201));
            case "name with a line break": return Form(Text, "a\r\nb");
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
                var form7 = Form(Text);
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

        var sending = _client.PostAsync("/uploads?name=a", content, abort.Token);
        await Eventually.True(() => _api.UploadFiles().Any(f => new FileInfo(f).Length > 0), "a part of it is on the disk");
        await abort.CancelAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => sending);
        await Eventually.True(() => _api.UploadFiles().Count == 0, "the part is deleted");
        await _api.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task A_huge_declared_length_is_a_413_and_not_a_507()
    {
        using var content = new ByteArrayContent(Text);
        content.Headers.ContentLength = 1L << 60;

        using var response = await _client.PostAsync("/uploads?name=a", content);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        await _api.AssertNothingIsLeftAsync();
    }
}
