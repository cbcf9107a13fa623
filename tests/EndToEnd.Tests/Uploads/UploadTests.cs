using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SkiaSharp;

namespace Messaging.EndToEnd.Tests.Uploads;

/// <summary>Uploads over the real servers, with processes that are killed.</summary>
public sealed class UploadTests : IDisposable
{
    private const int Names = 6;
    private readonly TemporaryFolder _files = new();
    private readonly ConcurrentDictionary<Guid, (Guid Task, int Name)> _accepted = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task After_kills_and_a_sweep_files_and_rows_agree()
    {
        await using var system = await RealSystem.StartAsync(("Files__Folder", _files.Path), ("Uploads__MinFreeBytes", "0"));
        for (var round = 0; round < 3; round++)
        {
            using var stop = new CancellationTokenSource();
            var client = system.Api.Client;
            var before = _accepted.Count;
            var senders = Enumerable.Range(0, 3).Select(_ => SendAsync(client, stop.Token)).ToList();
            await Eventually.True(() => _accepted.Count >= before + 8, "uploads are accepted");
            await system.Worker.KillAsync();
            await Eventually.True(() => _accepted.Count >= before + 14, "uploads are accepted without a worker");
            await system.Api.KillAsync();
            await stop.CancelAsync();
            await Task.WhenAll(senders);
            await Task.WhenAll(system.StartApi().ReadyAsync(), system.StartWorker().ReadyAsync());
        }

        await SettledAsync(system);

        // A kill leaves one of these in mid upload only if it hits the moment; here there is one in any case, with a row as of a lost deletion.
        await File.WriteAllTextAsync(Path.Combine(_files.Path, "uploads", $"{Guid.CreateVersion7():N}"), "half a fi");
        await system.ExecuteAsync(
            """
            INSERT INTO uploads (id, name, content_type, size, state, task_id, uploaded_at, changed_at)
            VALUES (gen_random_uuid(), 'half deleted', 'text/plain', 1, 2, gen_random_uuid(), now(), now())
            """);
        await AgeAsync(system);
        await SweepAsync(system.Api.Client);
        await SettledAsync(system);

        Assert.Equal(0, await system.CountAsync("uploads WHERE state = 2"));

        // Nothing that was accepted is lost: of each name the newest one is there, and only that.
        var rows = await RowsAsync(system.Api.Client);
        Assert.All(rows, row => Assert.Equal("Ready", row.GetProperty("state").GetString()));
        Assert.Equal(rows.Count, rows.Select(r => r.GetProperty("name").GetString()).Distinct().Count());
        foreach (var newest in _accepted.GroupBy(a => a.Value.Name).Select(g => (Name: $"name{g.Key}", Id: g.Max(a => a.Key))))
        {
            // Or one whose answer was lost.
            var row = Assert.Single(rows, r => r.GetProperty("name").GetString() == newest.Name);
            Assert.True(row.GetProperty("id").GetGuid() >= newest.Id);
        }

        Assert.Equal(2 * rows.Count, Directory.GetFiles(Path.Combine(_files.Path, "uploads")).Length);
        foreach (var id in rows.Select(r => r.GetProperty("id").GetGuid()))
        {
            using var content = await system.Api.Client.GetAsync($"/uploads/{id}/content");
            using var thumbnail = await system.Api.Client.GetAsync($"/uploads/{id}/thumbnail");
            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (content.StatusCode, thumbnail.StatusCode));
        }
    }

    /// <summary>Images whose bytes come slowly, so that a kill meets some of them half-way.</summary>
    private async Task SendAsync(HttpClient client, CancellationToken stop)
    {
        using var bitmap = new SKBitmap(900, 600);
        bitmap.Erase(SKColors.Teal);
        using var encoded = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        var image = encoded.ToArray();
        for (var i = Random.Shared.Next(Names); !stop.IsCancellationRequested; i++)
        {
            try
            {
                using var content = new SlowContent(image);
                using var response = await client.PostAsync($"/uploads?name=name{i % Names}", content, stop);
                if (response.StatusCode == HttpStatusCode.Accepted)
                {
                    var accepted = await response.Content.ReadFromJsonAsync<JsonElement>(stop);
                    _accepted[accepted.GetProperty("id").GetGuid()] = (accepted.GetProperty("taskId").GetGuid(), i % Names);
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException or JsonException)
            {
                await Task.Delay(20, CancellationToken.None);
            }
        }
    }

    private static Task SettledAsync(RealSystem system) => Eventually.True(
        async () => await system.CountAsync("tasks WHERE state <> 3") == 0, "all tasks have succeeded");

    private async Task AgeAsync(RealSystem system)
    {
        await system.ExecuteAsync("UPDATE uploads SET changed_at = now() - interval '3 hours'");
        foreach (var file in Directory.GetFiles(Path.Combine(_files.Path, "uploads")))
        {
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(-3));
        }
    }

    private static async Task SweepAsync(HttpClient client)
    {
        using var response = await client.PostAsJsonAsync("/tasks", new { type = "UploadsSweepDue", message = new { } });
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    private static async Task<List<JsonElement>> RowsAsync(HttpClient client) =>
        [.. (await client.GetFromJsonAsync<JsonElement>("/uploads?limit=200")).GetProperty("items").EnumerateArray()];

    private sealed class SlowContent(byte[] bytes) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            foreach (var part in bytes.Chunk(Math.Max(1, bytes.Length / 8)))
            {
                await stream.WriteAsync(part);
                await stream.FlushAsync();
                await Task.Delay(10);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
