using System.Net.Http.Json;
using System.Text.Json;

namespace Messaging.Api.Tests.Logs;

/// <summary>Writes entries past the API, and reads them by it.</summary>
internal static class LogsUnderTest
{
    public static Task AddEntryAsync(this StandaloneApi api, int day, int level, string message, string properties)
    {
        var at = DateTimeOffset.UnixEpoch.AddDays(day);
        return api.ExecuteAsync(
            $"INSERT INTO activity_log (id, level, message, properties, logged_at) VALUES ('{Guid.CreateVersion7(at).ToString().ToUpperInvariant()}', {level}, '{message}', '{properties}', '{at:yyyy-MM-dd HH:mm:ss}+00:00')");
    }

    public static async Task<JsonElement> ReadLogsAsync(this StandaloneApi api, string query)
    {
        using var client = api.CreateClient();
        return await client.GetFromJsonAsync<JsonElement>($"/logs?{query.Replace("+", "%2B", StringComparison.Ordinal)}");
    }

    public static IEnumerable<string?> Messages(this JsonElement page) =>
        page.GetProperty("items").EnumerateArray().Select(e => e.GetProperty("message").GetString());
}
