using Messaging.Contracts;
using Messaging.Outbox;
using Microsoft.Extensions.DependencyInjection;
using SkiaSharp;

namespace Messaging.Worker.Tests.Uploads;

/// <summary>The tasks of uploads, delivered more often, later or with other ids than they should be.</summary>
public sealed class UploadTaskTests
{
    [Fact]
    public async Task A_file_that_comes_late_is_processed()
    {
        await using var worker = await WorkerUnderTest.StartAsync(("Endpoints:Default:Retry:DelayedRetries", "100"));
        var id = await AddRowAsync(worker, UploadState.Received);

        var task = await worker.AddAsync(new UploadReceived { UploadId = id });
        await worker.TaskAsync(task, TaskState.Retrying);
        await AddFileAsync(worker, id);

        await worker.TaskAsync(task, TaskState.Succeeded);
        Assert.Equal(["1|1"], await worker.QueryAsync("SELECT state, thumbnail IS NOT NULL FROM uploads"));
    }

    [Fact]
    public async Task A_processed_upload_is_not_processed_again()
    {
        await using var worker = await WorkerUnderTest.StartAsync();
        var id = await AddRowAsync(worker, UploadState.Received);
        await AddFileAsync(worker, id);

        await worker.TaskAsync(await worker.AddAsync(new UploadReceived { UploadId = id }), TaskState.Succeeded);
        var first = await worker.QueryAsync("SELECT thumbnail, processed_at FROM uploads");
        await worker.TaskAsync(await worker.AddAsync(new UploadReceived { UploadId = id }), TaskState.Succeeded);

        Assert.Equal(first, await worker.QueryAsync("SELECT thumbnail, processed_at FROM uploads"));
        Assert.Equal(2, Directory.GetFiles(Path.GetDirectoryName(worker.File("uploads", "a"))!).Length);
    }

    [Fact]
    public async Task Only_marked_files_are_deleted_and_missing_ones_are_no_error()
    {
        await using var worker = await WorkerUnderTest.StartAsync();
        var (kept, marked, gone) = (
            await AddRowAsync(worker, UploadState.Ready), await AddRowAsync(worker, UploadState.Deleting), await AddRowAsync(worker, UploadState.Deleting));
        await AddFileAsync(worker, kept);
        await AddFileAsync(worker, marked);

        var task = await worker.AddAsync(new UploadDeletionRequested { UploadIds = [kept, marked, gone, Guid.NewGuid(), marked] });

        Assert.Equal("""{"deleted":2}""", (await worker.TaskAsync(task, TaskState.Succeeded)).Result?.GetRawText());
        Assert.Equal([kept.ToString().ToUpperInvariant()], await worker.QueryAsync("SELECT id FROM uploads"));
        Assert.True(File.Exists(worker.File("uploads", UploadFiles.Content(kept))));
        Assert.False(File.Exists(worker.File("uploads", UploadFiles.Content(marked))));
    }

    [Fact]
    public async Task Each_sweep_logs_how_many_files_it_misses()
    {
        await using var worker = await WorkerUnderTest.StartAsync();
        await AddRowAsync(worker, UploadState.Ready);
        await worker.QueryAsync(
            """
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 599)
            INSERT INTO uploads SELECT printf('00000000-0000-7000-8000-%012d', i), 'n' || i, content_type, size, state, task_id, sha256, NULL,
                uploaded_at, processed_at, changed_at FROM uploads, n
            """);
        await worker.QueryAsync("UPDATE uploads SET changed_at = '2020-01-01 00:00:00+00:00'");

        await worker.TaskAsync(await worker.AddAsync(new UploadsSweepDue()), TaskState.Succeeded);

        await Eventually.True(() => Lost().Count() == 2, "both sweeps have said what they miss");
        Assert.Equal(["500", "100"], Lost());

        IEnumerable<string> Lost() => worker.Log.Lines
            .Where(line => line.StartsWith("The files of ", StringComparison.Ordinal)).Select(line => line.Split(' ')[3]);
    }

    private static async Task<Guid> AddRowAsync(WorkerUnderTest worker, UploadState state)
    {
        var (id, now) = (Guid.CreateVersion7(), DateTimeOffset.UtcNow);
        await using var scope = worker.Services.CreateAsyncScope();
        var unit = scope.ServiceProvider.GetRequiredService<IUnitOfWork>();
        unit.Execute(
            """
            INSERT INTO uploads (id, name, content_type, size, state, task_id, uploaded_at, changed_at)
            VALUES ($1, $2, 'image/png', 1, $3, $1, $4, $4)
            """,
            id,
            $"{id}",
            (int)state,
            now);
        await unit.CommitAsync();
        return id;
    }

    private static async Task AddFileAsync(WorkerUnderTest worker, Guid id)
    {
        using var bitmap = new SKBitmap(10, 10);
        using var image = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        var path = worker.File("uploads", UploadFiles.Content(id));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync($"{path}.part", image.ToArray());
        File.Move($"{path}.part", path);
    }
}
