using System.Net.Http.Json;
using System.Text.Json;

namespace Messaging.EndToEnd.Tests.Exports;

/// <summary>A long job over the real PostgreSQL and RabbitMQ. Skipped where they are not at hand.</summary>
public sealed class ExportTests
{
    private const int Entries = 60_000;

    [Fact]
    public async Task An_export_survives_killed_workers_and_has_every_entry_once()
    {
        await using var system = await RealSystem.StartAsync(("Exports__PartDuration", "00:00:00.001"));
        await system.ExecuteAsync(
            $$"""
            INSERT INTO activity_log (id, level, message, properties, logged_at)
            SELECT (lpad(to_hex(1767225600000 + i), 12, '0') || '70008000000000000000')::uuid, 2, 'entry ' || i, '{}', now()
            FROM generate_series(1, {{Entries}}) AS i
            """);
        using var response = await system.Api.Client.PostAsync("/exports", null);
        var id = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("taskId").GetGuid();

        for (var kill = 1; kill <= 2; kill++)
        {
            await Eventually.True(async () => await WrittenAsync() >= kill * Entries / 10, "the export has got somewhere");
            await system.Worker.KillAsync();
            await system.StartWorker().ReadyAsync();
        }

        JsonElement export = default;
        await Eventually.True(
            async () => (export = await system.Api.Client.GetFromJsonAsync<JsonElement>($"/exports/{id}")).GetProperty("state").GetString() == "Succeeded",
            "the export is finished");
        var file = await system.Api.Client.GetStringAsync(export.GetProperty("download").GetProperty("url").GetString());
        var messages = file.TrimEnd().Split("\r\n").Skip(1).Select(line => line.Split(',')[3].Trim('"'));
        Assert.Equal(Enumerable.Range(1, Entries).Select(i => $"entry {i}"), messages);

        async Task<long> WrittenAsync() =>
            (await system.Api.Client.GetFromJsonAsync<JsonElement>($"/exports/{id}")).GetProperty("entries").GetInt64();
    }
}
