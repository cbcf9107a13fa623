using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Messaging.Api.Tests.Logs;

/// <summary>What was logged is found again, with who logged it.</summary>
public sealed class LogSourceTests : IAsyncLifetime
{
    private readonly StandaloneApi _api = new();

    public ValueTask InitializeAsync()
    {
        _ = _api.Services; // so that there is a schema
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync() => await _api.DisposeAsync();

    [Theory]
    [InlineData("Zürich \"+1\" <a>")]
    [InlineData("back\\slash")]
    public async Task A_property_is_found_in_old_and_new_encodings(string value)
    {
        await _api.AddEntryAsync(6, 2, "old", JsonSerializer.Serialize(new { to = value }));
        await _api.SucceededAsync(await _api.AcceptedAsync(JsonContent.Create(new { message = "new", properties = new { to = value } }), "/log"));

        var found = await _api.ReadLogsAsync($"property=to:{Uri.EscapeDataString(value)}");

        Assert.Equal(["new", "old"], found.Messages());
    }

    [Fact]
    public async Task Nobody_can_write_an_entry_in_the_name_of_another()
    {
        using var client = _api.CreateClient();
        var forged = new { message = "root read the data", properties = new { audit = "data.read", user = "root" }, source = "Service" };
        await _api.SucceededAsync(await _api.AcceptedAsync(JsonContent.Create(forged), "/log?source=Service"));
        await client.GetAsync("/data");
        await _api.SucceededAsync(await _api.AcceptedAsync(null, "/register?email=ann@example.org"));

        using var byType = await client.PostAsJsonAsync(
            "/tasks", new { type = "LogRequested", message = new { level = "Error", message = "a", loggedAt = DateTimeOffset.UtcNow, source = "Service" } });
        var (caller, service) = (await _api.ReadLogsAsync("source=Caller"), await _api.ReadLogsAsync("source=Service"));

        Assert.Equal(HttpStatusCode.BadRequest, byType.StatusCode);
        Assert.Contains("'source'", await byType.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(["root read the data"], caller.Messages());
        Assert.Equal(["registration accepted"], service.Messages());
        Assert.Equal(1, await _api.CountAsync("audit WHERE action = 'data.read' AND who <> 'anonymous'"));
    }

    [Fact]
    public async Task What_is_posted_is_found_under_its_time()
    {
        await _api.SucceededAsync(await _api.AcceptedAsync(null, "/log?message=new"));
        var logged = (await _api.ReadLogsAsync("text=new")).GetProperty("items")[0].GetProperty("loggedAt").GetDateTimeOffset();

        Assert.Equal(1, (await _api.ReadLogsAsync($"from={logged:O}&text=new")).GetProperty("items").GetArrayLength());
        Assert.Equal(0, (await _api.ReadLogsAsync($"before={logged:O}&text=new")).GetProperty("items").GetArrayLength());
    }
}
