using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using SkiaSharp;

namespace Messaging.Api.Tests.Uploads;

/// <summary>Sends uploads to a <see cref="StandaloneApi"/>, and looks at what became of them.</summary>
internal static class UploadsUnderTest
{
    public const string LongAgo = "'2020-01-01 00:00:00+00:00'";

    /// <summary>Larger than a buffer, with characters of two bytes.</summary>
    public static readonly byte[] Text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("größer als ein Puffer\n", 10_000)));

    public static byte[] Image(int width, int height, SKEncodedImageFormat format = SKEncodedImageFormat.Png, SKColor? color = null)
    {
        using var bitmap = new SKBitmap(width, height);
        bitmap.Erase(color ?? SKColors.SteelBlue);
        using var data = bitmap.Encode(format, 90);
        return data.ToArray();
    }

    public static MultipartFormDataContent Form(byte[] file, string? name = null, string fileName = "file.png")
    {
        var form = new MultipartFormDataContent();
        if (name is not null)
        {
            form.Add(new StringContent(name), "name");
        }

        form.Add(new ByteArrayContent(file), "file", fileName);
        return form;
    }

    /// <summary>The files that there are, with their paths.</summary>
    public static IReadOnlyList<string> UploadFiles(this StandaloneApi api)
    {
        var folder = Path.Combine(api.Files, "uploads");
        return Directory.Exists(folder) ? [.. Directory.GetFiles(folder)] : [];
    }

    /// <summary>Uploads a file and waits until it has been processed, and has replaced what was there before.</summary>
    public static async Task<Guid> UploadedAsync(this StandaloneApi api, byte[] file, string name)
    {
        var (id, task) = await api.UploadAsync(file, name);
        await api.SucceededAsync(task);
        await Eventually.True(
            async () => await api.CountAsync("tasks WHERE kind IN ('UploadReplaced', 'UploadDeletionRequested') AND state <> 3") == 0,
            "what follows the upload is done");
        return id;
    }

    public static async Task<(Guid Id, Guid Task)> UploadAsync(this StandaloneApi api, byte[] file, string name)
    {
        using var client = api.CreateClient();
        using var response = await client.PostAsync("/uploads", Form(file, name));
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var accepted = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal($"/tasks/{accepted.GetProperty("taskId").GetGuid()}", response.Headers.Location?.OriginalString);
        return (accepted.GetProperty("id").GetGuid(), accepted.GetProperty("taskId").GetGuid());
    }

    public static async Task<JsonElement> FindAsync(this StandaloneApi api, Guid id)
    {
        using var client = api.CreateClient();
        return await client.GetFromJsonAsync<JsonElement>($"/uploads/{id}");
    }

    /// <summary>Sweeps, and waits until the tasks that it enqueued are done.</summary>
    public static async Task<JsonElement> SweepAsync(this StandaloneApi api)
    {
        var task = await api.AcceptedAsync(JsonContent.Create(new { type = "UploadsSweepDue", message = new { } }), "/tasks");
        var swept = await api.SucceededAsync(task);
        await Eventually.True(
            async () => await api.CountAsync("tasks WHERE state NOT IN (3, 4, 5)") == 0, "the tasks of the sweep are done");
        return swept.GetProperty("result");
    }

    /// <summary>Lets hours pass, for rows and files.</summary>
    public static async Task AgeAsync(this StandaloneApi api)
    {
        await api.ExecuteAsync($"UPDATE uploads SET changed_at = {LongAgo}");
        foreach (var file in api.UploadFiles())
        {
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(-3));
        }
    }

    /// <summary>Every row has its files, and every file its row.</summary>
    public static async Task AssertFilesAreThoseOfRowsAsync(this StandaloneApi api)
    {
        var rows = (string)(await api.ExecuteAsync(
            """
            SELECT coalesce(group_concat(file, ' '), '') FROM (
                SELECT lower(replace(id, '-', '')) AS file FROM uploads
                UNION ALL SELECT lower(replace(id || '.' || thumbnail, '-', '')) FROM uploads WHERE thumbnail IS NOT NULL)
            """))!;
        Assert.Equal(
            rows.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal),
            api.UploadFiles().Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));
    }

    public static async Task AssertNothingIsLeftAsync(this StandaloneApi api)
    {
        Assert.Empty(api.UploadFiles());
        Assert.Equal(0, await api.CountAsync("uploads"));
        Assert.Equal(0, await api.CountAsync("tasks"));
        Assert.Equal(0, await api.CountAsync("outbox"));
    }
}
