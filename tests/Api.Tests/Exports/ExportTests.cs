using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Messaging.Api.Exports;
using Messaging.Api.Tests.Dashboard;
using Messaging.Contracts;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Api.Tests.Exports;

/// <summary>Exports of the activity log: requested, written in parts, downloaded by a link.</summary>
public sealed class ExportTests
{
    private static readonly DateTimeOffset Midnight = new(2026, 5, 4, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task An_export_in_many_parts_has_every_entry_once_and_in_order()
    {
        await using var api = new StandaloneApi(("Exports:PartDuration", "00:00:00.001")); // a page of 200 each
        await FillAsync(api, 3_500);

        var id = await api.AcceptedAsync(content: null, "/exports");

        var task = await api.SucceededAsync(id);
        Assert.Equal((1, 100, 3_500), (task.GetProperty("attempts").GetInt32(), task.GetProperty("progress").GetInt32(), task.GetProperty("result").GetProperty("entries").GetInt32()));
        var lines = (await DownloadAsync(api, id)).TrimEnd().Split("\r\n");
        Assert.Equal("\"id\",\"loggedAt\",\"level\",\"message\",\"properties\"", lines[0]);
        Assert.Equal(Enumerable.Range(0, 3_500).Select(i => $"entry {i}"), lines.Skip(1).Select(line => line.Split(',')[3].Trim('"')));
        Assert.InRange(await api.CountAsync("export_files"), 2, 18); // a page may take less than a part
    }

    [Fact]
    public async Task Only_what_was_logged_in_the_span_is_exported()
    {
        await using var api = new StandaloneApi();
        await FillAsync(api, 100); // one a second

        var id = await api.AcceptedAsync(JsonContent.Create(new { from = Midnight.AddSeconds(10), before = Midnight.AddSeconds(13) }), "/exports");

        await api.SucceededAsync(id);
        var lines = (await DownloadAsync(api, id)).TrimEnd().Split("\r\n");
        Assert.Equal(["entry 10", "entry 11", "entry 12"], lines.Skip(1).Select(line => line.Split(',')[3].Trim('"')));
    }

    [Fact]
    public async Task Special_characters_are_quoted_and_formulas_are_disarmed()
    {
        await using var api = new StandaloneApi();
        await api.SucceededAsync(await api.AcceptedAsync(JsonContent.Create(new { message = "=1+1" }), "/log"));
        await api.SucceededAsync(await api.AcceptedAsync(JsonContent.Create(new { message = "two\nlines, and \"quotes\"", properties = new { order = 42 } }), "/log"));

        var id = await api.AcceptedAsync(content: null, "/exports");

        await api.SucceededAsync(id);
        var file = await DownloadAsync(api, id);
        Assert.Contains(",\"'=1+1\",", file, StringComparison.Ordinal);
        Assert.Contains(",\"two\nlines, and \"\"quotes\"\"\",\"{\"\"order\"\":\"\"42\"\"}\"", file, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_log_makes_a_file_with_nothing_but_its_header()
    {
        await using var api = new StandaloneApi();

        var id = await api.AcceptedAsync(content: null, "/exports");

        await api.SucceededAsync(id);
        Assert.Equal("\"id\",\"loggedAt\",\"level\",\"message\",\"properties\"\r\n", await DownloadAsync(api, id));
    }

    [Fact]
    public async Task A_link_opens_its_export_only_and_only_for_its_time()
    {
        await using var api = new StandaloneApi(("Exports:LinkLifetime", "00:30:00"));
        var (first, second) = (await api.AcceptedAsync(content: null, "/exports"), await api.AcceptedAsync(content: null, "/exports"));
        await api.SucceededAsync(first);
        await api.SucceededAsync(second);
        using var client = api.CreateClient();

        var link = (await LinkAsync(client, first))!;
        var token = link[link.IndexOf("?token=", StringComparison.Ordinal)..];
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(link));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync($"/exports/{second}/file{token}"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync($"/exports/{first}/file{token[..^4]}AAAA"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync($"/exports/{first}/file"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync($"/exports/{first}/file?token={new string('a', 5_000)}"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(LinkOf(minutesAgo: 20)));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(LinkOf(minutesAgo: 31)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync((await LinkAsync(client, first))!));

        string LinkOf(int minutesAgo) =>
            ActivatorUtilities.CreateInstance<DownloadLinks>(api.Services, new ShiftedTime { Shift = TimeSpan.FromMinutes(-minutesAgo) }).To(first).Url;

        async Task<HttpStatusCode> StatusAsync(string path)
        {
            using var response = await client.GetAsync(path);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task A_cancelled_export_stops_and_has_no_link()
    {
        await using var api = new StandaloneApi(("Exports:PartDuration", "00:00:00.001"));
        await FillAsync(api, 5_000);
        using var client = api.CreateClient();
        await api.PauseAsync("export-requested");
        var id = await api.AcceptedAsync(content: null, "/exports");
        using var cancelled = await client.PostAsync($"/tasks/{id}/cancel", null);
        using (await client.PostAsync("/queues/export-requested/resume", null))
        {
        }

        await api.StateAsync(id, "Cancelled");
        await Eventually.True(async () => await api.CountAsync("outbox WHERE waiting <> 2") == 0, "nothing is due but what a retry would need");
        var export = await client.GetFromJsonAsync<JsonElement>($"/exports/{id}");
        Assert.Equal(("Cancelled", JsonValueKind.Null), (export.GetProperty("state").GetString(), export.GetProperty("download").ValueKind));
    }

    [Fact]
    public async Task A_sweep_deletes_old_and_orphaned_files_and_no_others()
    {
        await using var api = new StandaloneApi(("Exports:Retention", "00:00:02"), StandaloneApi.RunsSchedules);
        var old = await api.AcceptedAsync(content: null, "/exports");
        await api.SucceededAsync(old);
        var folder = Path.Combine(api.Files, "exports");
        var (orphan, young) = (Path.Combine(folder, ExportFiles.NewPart(old, 0)), Path.Combine(folder, ExportFiles.NewPart(old, 1)));
        string[] foreign = [.. new[] { ".DS_Store", "a b.csv", "report.csv", $"{old:N}" }.Select(name => Path.Combine(folder, name))];
        foreach (var file in foreign.Append(orphan))
        {
            await File.WriteAllTextAsync(file, "");
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-2));
        }

        await File.WriteAllTextAsync(young, "");
        using var client = api.CreateClient();

        await Eventually.True(
            async () =>
            {
                using var run = await client.PostAsync("/schedules/exports-sweep/run", null);
                using var gone = await client.GetAsync($"/exports/{old}");
                return gone.StatusCode == HttpStatusCode.NotFound;
            },
            "the export is gone");

        await Eventually.True(() => !File.Exists(orphan), "the orphan is gone");
        Assert.Equal(foreign.Append(young).Order(StringComparer.Ordinal), Directory.GetFiles(folder).Order(StringComparer.Ordinal));
        Assert.Equal((0, 0), (await api.CountAsync("exports"), await api.CountAsync("export_files")));
    }

    /// <summary>Entries of the log, one a second.</summary>
    private static async Task FillAsync(StandaloneApi api, int count)
    {
        _ = api.Services; // so that there is a schema
        var rows = Enumerable.Range(0, count).Select(i =>
        {
            var at = Midnight.AddSeconds(i);
            return $"('{Guid.CreateVersion7(at).ToString().ToUpperInvariant()}', 2, 'entry {i}', '{{}}', '{at:yyyy-MM-dd HH:mm:ss}+00:00')";
        });
        await api.ExecuteAsync($"INSERT INTO activity_log (id, level, message, properties, logged_at) VALUES {string.Join(", ", rows)}");
    }

    private static async Task<string?> LinkAsync(HttpClient client, Guid id) =>
        (await client.GetFromJsonAsync<JsonElement>($"/exports/{id}")).GetProperty("download").GetProperty("url").GetString();

    private static async Task<string> DownloadAsync(StandaloneApi api, Guid id)
    {
        using var client = api.CreateClient();
        using var response = await client.GetAsync(await LinkAsync(client, id));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/csv", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition!.DispositionType);
        return await response.Content.ReadAsStringAsync();
    }
}
