using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SkiaSharp;
using static Messaging.Api.Tests.Uploads.UploadsUnderTest;

namespace Messaging.Api.Tests.Uploads;

/// <summary>Uploads of one name: the newest one stays.</summary>
public sealed class UploadVersionTests : IAsyncLifetime
{
    private readonly StandaloneApi _api = new(SmallUploads.Settings);
    private HttpClient? _client;

    public ValueTask InitializeAsync()
    {
        _client = _api.CreateClient();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task A_newer_version_replaces_the_one_before_with_both_its_files()
    {
        var first = await _api.UploadedAsync(Image(300, 300), "logo");
        var other = await _api.UploadedAsync(Text, "other");

        var second = await _api.UploadedAsync(Image(400, 300, SKEncodedImageFormat.Jpeg), "logo");

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
        var uploads = await Task.WhenAll(Enumerable.Range(1, 12).Select(i => _api.UploadAsync(Image(100 + i, 50), "logo")));

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
        var image = Image(side, side, SKEncodedImageFormat.Jpeg);

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
        var id = await _api.UploadedAsync(Image(300, 300), "logo");

        using var response = await _client!.DeleteAsync($"/uploads/{id}");

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        await _api.SucceededAsync((await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("taskId").GetGuid());
        Assert.Empty(_api.UploadFiles());
        Assert.Equal(0, await _api.CountAsync("uploads"));
        using var again = await _client.DeleteAsync($"/uploads/{id}");
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    private static string? Get(JsonElement element, string name) => element.GetProperty(name).GetString();
}
