using System.Globalization;
using System.Net;
using System.Runtime.Versioning;
using Microsoft.Data.Sqlite;

namespace Messaging.EndToEnd.Tests.Storage;

/// <summary>A disk that callers fill.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SmallDiskTests
{
    private const int OldEntries = 3_000;

    [Fact]
    public async Task A_disk_that_callers_fill_loses_nothing_that_was_accepted_and_recovers()
    {
        using var disk = SmallDisk.Mount(mebibytes: 24);
        await using var app = await Start(disk).ReadyAsync();
        await AddOldEntriesAsync(disk);
        var ledger = new Ledger();
        var entry = new FormUrlEncodedContent([new("message", new string('"', 4_000)), new("properties[a]", new string('"', 1_000))]);
        using (var stop = new CancellationTokenSource())
        {
            var senders = Enumerable.Range(0, 32).Select(async _ =>
            {
                while (!stop.IsCancellationRequested)
                {
                    await ledger.SendOneAsync(app.Client, "/log", entry);
                }
            }).ToList();
            await Eventually.True(async () => await ReadyAsync(app) == HttpStatusCode.ServiceUnavailable, "its readiness says that it is full");
            await Eventually.True(() => ledger.Unanswered.Count > 1_000, "callers are refused");
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, HttpMethod.Get, "/tasks?limit=1", disk));
            await stop.CancelAsync();
            await Task.WhenAll(senders);
        }

        await ledger.AllSucceededAsync(app.Client); // with what was kept in reserve
        await Eventually.True(
            async () => await ReadyAsync(app) is not HttpStatusCode.Unused && disk.Drive.AvailableFreeSpace > 1_024 * 1_024, "a part of the reserve is left");
        Assert.Equal(ledger.Accepted.Count + OldEntries, await CountAsync(disk, "activity_log"));

        // What frees storage is served; then everybody is, without a restart.
        Assert.Equal(HttpStatusCode.Accepted, await StatusAsync(app, HttpMethod.Post, "/schedules/log-clean-up/run", disk));
        await Eventually.True(async () => await ReadyAsync(app) == HttpStatusCode.OK, "it is ready again");
        var before = ledger.Accepted.Count;
        await ledger.SendOneAsync(app.Client, "/log?message=again");
        Assert.Equal(before + 1, ledger.Accepted.Count);
        await ledger.AllSucceededAsync(app.Client);
        await Eventually.True(async () => await CountAsync(disk, "outbox") == 0, "the outbox is empty"); // also of what the clean-up goes on with
        Assert.Equal(0, await app.TerminateAsync());
    }

    private static AppProcess Start(SmallDisk disk) => AppProcess.Start("Standalone", new()
    {
        ["Standalone__DataFolder"] = Path.Combine(disk.Path, "data"),
        ["Outbox__CommitTimeout"] = "00:00:10",
        ["RateLimits__Enabled"] = "false", // it is one caller, and stands for many
    });

    /// <summary>Entries that a clean-up will delete, with 12 MB.</summary>
    private static async Task AddOldEntriesAsync(SmallDisk disk)
    {
        await using var connection = await OpenAsync(disk);
        await using var command = connection.CreateCommand();
        var old = DateTimeOffset.UtcNow.AddDays(-60);
        for (var i = 0; i < OldEntries; i++)
        {
            var id = Guid.CreateVersion7(old.AddSeconds(i)).ToString().ToUpperInvariant();
            command.CommandText += string.Create(
                CultureInfo.InvariantCulture,
                $"INSERT INTO activity_log (id, level, message, properties, logged_at) VALUES ('{id}', 2, hex(zeroblob(2000)), '{{}}', '{old:yyyy-MM-dd HH:mm:ss}+00:00');");
            if (i % 50 == 49) // small enough for the log of a small disk
            {
                command.CommandText = $"PRAGMA wal_autocheckpoint = 64; BEGIN; {command.CommandText} COMMIT";
                await command.ExecuteNonQueryAsync();
                command.CommandText = "";
            }
        }
    }

    private static async Task<HttpStatusCode> ReadyAsync(AppProcess app)
    {
        using var response = await app.Client.GetAsync("/health/ready");
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode || text.Contains("The disk of the database file ", StringComparison.Ordinal), text);
        return response.StatusCode;
    }

    private static async Task<HttpStatusCode> StatusAsync(AppProcess app, HttpMethod method, string path, SmallDisk disk)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("X-Api-Key", (await File.ReadAllTextAsync(Path.Combine(disk.Path, "data", "operator.key"))).TrimEnd());
        using var response = await app.Client.SendAsync(request);
        return response.StatusCode;
    }

    private static async Task<long> CountAsync(SmallDisk disk, string table)
    {
        await using var connection = await OpenAsync(disk);
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM {table}{(table == "activity_log" ? " WHERE source <> 2" : "")}";
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task<SqliteConnection> OpenAsync(SmallDisk disk)
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(disk.Path, "data", "messaging.db")};Pooling=false");
        await connection.OpenAsync();
        return connection;
    }
}
