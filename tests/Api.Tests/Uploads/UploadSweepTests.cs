using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Api.Tests.Uploads;

/// <summary>What a crash leaves at each step, made by hand; then the sweep mends it, and spares what is young.</summary>
public sealed class UploadSweepTests : IAsyncLifetime
{
    private readonly StandaloneApi _api = new(("Uploads:MinFreeBytes", "0"));

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await _api.DisposeAsync();

    [Theory]
    [InlineData("while the file is written", 1)]
    [InlineData("after the file, before its row", 1)]
    [InlineData("after the thumbnail, before the commit", 1)]
    [InlineData("after a newer version, before it replaced this one", 1)]
    [InlineData("after the mark, before the files are deleted", 0)]
    [InlineData("after the thumbnail is deleted, before the file", 0)]
    [InlineData("after the files are deleted, before the row", 0)]
    public async Task After_any_crash_a_sweep_leaves_exactly_each_rows_files(string when, int rows)
    {
        var id = await _api.UploadedAsync(UploadsUnderTest.Image(300, 300), "logo");
        await KilledAsync(when, id);

        await _api.SweepAsync(); // too early
        var young = (await _api.CountAsync("uploads"), _api.UploadFiles().Count);
        Assert.Equal(await LeftBehindAsync(when), young);
        await _api.AgeAsync();
        await _api.SweepAsync();

        Assert.Equal(rows, await _api.CountAsync("uploads"));
        await _api.AssertFilesAreThoseOfRowsAsync();
    }

    [Fact]
    public async Task A_clock_that_is_ahead_makes_no_file_old()
    {
        await using var api = new StandaloneApi { Replaces = services => services.AddSingleton<TimeProvider>(new Ahead()) };
        await api.UploadedAsync("a"u8.ToArray(), "kept");
        var unfinished = Path.Combine(api.Files, "uploads", $"{Guid.CreateVersion7():N}");
        await File.WriteAllTextAsync(unfinished, "an upload whose row is about to be committed", TestContext.Current.CancellationToken);

        await api.SweepAsync();

        Assert.True(File.Exists(unfinished));
        Assert.Equal(2, api.UploadFiles().Count);
    }

    [Fact]
    public async Task Only_uploads_past_their_retention_are_deleted()
    {
        var old = await _api.UploadedAsync(UploadsUnderTest.Image(300, 300), "old");
        var recent = await _api.UploadedAsync(UploadsUnderTest.Image(300, 300), "recent");
        await AgedAsync(old, days: 31);
        await AgedAsync(recent, days: 29);

        var result = await _api.SweepAsync();

        Assert.Equal((2, 1), (result.GetProperty("rows").GetInt32(), result.GetProperty("deleted").GetInt32()));
        Assert.Equal("recent", (await _api.FindAsync(recent)).GetProperty("name").GetString());
        Assert.Equal(1, await _api.CountAsync("uploads"));
        await _api.AssertFilesAreThoseOfRowsAsync();
    }

    [Fact]
    public async Task A_large_sweep_enqueues_further_sweeps()
    {
        var id = await _api.UploadedAsync("a"u8.ToArray(), "logo");
        await AgedAsync(id, days: 31);
        await _api.ExecuteAsync(
            """
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1199)
            INSERT INTO uploads SELECT printf('00000000-0000-7000-8000-%012d', i), 'n' || i, content_type, size, state, task_id, sha256, NULL,
                uploaded_at, processed_at, changed_at FROM uploads, n
            """);

        await _api.SweepAsync();

        Assert.Equal(0, await _api.CountAsync("uploads"));
        Assert.Empty(_api.UploadFiles());
        Assert.Equal(3, await _api.CountAsync("tasks WHERE kind = 'UploadsSweepDue'"));
    }

    [Fact]
    public async Task Sweeps_at_once_do_no_harm()
    {
        var kept = await _api.UploadedAsync(UploadsUnderTest.Image(300, 300), "kept");
        var old = await _api.UploadedAsync(UploadsUnderTest.Image(300, 300), "old");
        await AgedAsync(old, days: 31);
        await KilledAsync("after the file, before its row", kept);
        await _api.AgeAsync();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _api.SweepAsync()));

        Assert.Equal("Ready", (await _api.FindAsync(kept)).GetProperty("state").GetString());
        Assert.Equal(1, await _api.CountAsync("uploads"));
        await _api.AssertFilesAreThoseOfRowsAsync();
        Assert.Equal(0, await _api.CountAsync("tasks WHERE state <> 3"));
    }

    [Fact]
    public async Task A_missing_file_is_reported_lost_and_later_found_again()
    {
        using var client = _api.CreateClient();
        var id = await _api.UploadedAsync("a"u8.ToArray(), "text");
        var file = Assert.Single(_api.UploadFiles());
        await _api.AgeAsync();
        File.Move(file, $"{file}x");

        Assert.Equal(1, (await _api.SweepAsync()).GetProperty("lost").GetInt32());
        Assert.Equal("Lost", (await _api.FindAsync(id)).GetProperty("state").GetString());
        using var content = await client.GetAsync($"/uploads/{id}/content");
        Assert.Equal(HttpStatusCode.NotFound, content.StatusCode);

        File.Move($"{file}x", file);
        Assert.Equal(1, (await _api.SweepAsync()).GetProperty("restored").GetInt32());
        Assert.Equal("Ready", (await _api.FindAsync(id)).GetProperty("state").GetString());
        Assert.Equal("a", await client.GetStringAsync($"/uploads/{id}/content"));
    }

    [Fact]
    public async Task A_missing_thumbnail_is_not_listed_any_more()
    {
        var id = await _api.UploadedAsync(UploadsUnderTest.Image(300, 300), "logo");
        File.Delete(Assert.Single(_api.UploadFiles(), f => f.Contains('.', StringComparison.Ordinal)));
        await _api.AgeAsync();

        await _api.SweepAsync();

        Assert.False((await _api.FindAsync(id)).GetProperty("hasThumbnail").GetBoolean());
        await _api.AssertFilesAreThoseOfRowsAsync();
    }

    [Fact]
    public async Task A_foreign_file_stays()
    {
        var id = await _api.UploadedAsync("a"u8.ToArray(), "text");
        var folder = Path.GetDirectoryName(_api.UploadFiles()[0])!;
        await File.WriteAllTextAsync(Path.Combine(folder, "read me.txt"), "");
        await File.WriteAllTextAsync(Path.Combine(folder, ".nfs0001"), "");
        await _api.AgeAsync();

        var result = await _api.SweepAsync();

        Assert.Equal((3, 0), (result.GetProperty("files").GetInt32(), result.GetProperty("orphansDeleted").GetInt32()));
        Assert.Equal(3, _api.UploadFiles().Count);
        Assert.Equal("Ready", (await _api.FindAsync(id)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task An_upload_with_an_unknown_commit_keeps_its_file()
    {
        await using var api = new StandaloneApi(("Uploads:MinFreeBytes", "0"), ("Outbox:CommitTimeout", "00:00:05")); // the commits before and after have no more, also on a busy machine
        using var client = api.CreateClient();
        await api.UploadedAsync("a"u8.ToArray(), "before");
        var database = (string)(await api.ExecuteAsync("SELECT file FROM pragma_database_list"))!;
        await using (var connection = new SqliteConnection($"Data Source={database};Pooling=false"))
        {
            await connection.OpenAsync();
            await using var locked = await connection.BeginTransactionAsync(System.Data.IsolationLevel.Serializable);
            using var response = await client.PostAsync("/uploads", UploadsUnderTest.Form("b"u8.ToArray(), "b"));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.Equal(2, api.UploadFiles().Count);
        }

        await Eventually.True(async () => (await client.GetAsync("/health/ready")).IsSuccessStatusCode, "the database is back");
        await api.AgeAsync();
        await api.SweepAsync();

        await api.AssertFilesAreThoseOfRowsAsync();
    }

    [Fact]
    public async Task The_sweep_is_an_hourly_schedule_that_operators_may_change()
    {
        await using var api = new StandaloneApi(StandaloneApi.RunsSchedules);
        using var client = api.CreateClient();

        await Eventually.True(async () => (await client.GetAsync("/schedules/uploads-sweep")).IsSuccessStatusCode, "the schedule is there");

        var schedule = await client.GetFromJsonAsync<JsonElement>("/schedules/uploads-sweep");
        Assert.Equal(("17 * * * *", "UploadsSweepDue"), (schedule.GetProperty("cron").GetString(), schedule.GetProperty("type").GetString()));
    }

    /// <summary>Leaves the state as a kill at that moment does, with no task that would go on.</summary>
    private async Task KilledAsync(string when, Guid id)
    {
        var files = _api.UploadFiles();
        var (content, thumbnail) = (files.Single(f => Path.GetFileName(f) == $"{id:N}"), files.Single(f => Path.GetFileName(f).StartsWith($"{id:N}.", StringComparison.Ordinal)));
        switch (when)
        {
            case "while the file is written":
                await File.WriteAllTextAsync(Beside(content, $"{Guid.CreateVersion7():N}"), "");
                break;
            case "after the file, before its row":
                File.Copy(content, Beside(content, $"{Guid.CreateVersion7():N}"));
                break;
            case "after the thumbnail, before the commit":
                File.Copy(thumbnail, Beside(content, $"{id:N}.{Guid.CreateVersion7():N}"));
                break;
            case "after a newer version, before it replaced this one":
                await _api.UploadedAsync("a"u8.ToArray(), "newer");
                await _api.ExecuteAsync("UPDATE uploads SET name = 'logo'");
                break;
            default:
                await _api.ExecuteAsync($"UPDATE uploads SET state = 2, changed_at = '{DateTime.UtcNow:yyyy-MM-dd HH:mm:ss}+00:00'");
                if (when != "after the mark, before the files are deleted")
                {
                    File.Delete(thumbnail);
                }

                if (when == "after the files are deleted, before the row")
                {
                    File.Delete(content);
                }

                break;
        }
    }

    /// <summary>Rows and files that there have to be until the grace is over.</summary>
    private static Task<(long Rows, int Files)> LeftBehindAsync(string when) => Task.FromResult<(long, int)>(when switch
    {
        "after a newer version, before it replaced this one" => (2, 3),
        "after the mark, before the files are deleted" => (1, 2),
        "after the thumbnail is deleted, before the file" => (1, 1),
        "after the files are deleted, before the row" => (1, 0),
        _ => (1, 3),
    });

    private Task AgedAsync(Guid id, int days) => _api.ExecuteAsync(
        $"UPDATE uploads SET uploaded_at = '{DateTime.UtcNow.AddDays(-days):yyyy-MM-dd HH:mm:ss}+00:00' WHERE id = '{id.ToString().ToUpperInvariant()}'");

    private static string Beside(string file, string name) => Path.Combine(Path.GetDirectoryName(file)!, name);

    /// <summary>A machine, and in Standalone so the database, whose clock is two hours ahead of that of the files.</summary>
    private sealed class Ahead : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddHours(2);
    }
}
