using System.Net.Http.Json;
using System.Text.Json;

namespace Messaging.Api.Tests;

internal static class HealthUnderTest
{
    /// <summary>Asks until the answer is a success: the database has a second to answer a probe, which can be too little on a busy machine.</summary>
    public static async Task<JsonElement> HealthAsync(this HttpClient client, string path = "/health/ready")
    {
        JsonElement health = default;
        await Eventually.True(
            async () =>
            {
                using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
                health = await response.Content.ReadFromJsonAsync<JsonElement>();
                return response.IsSuccessStatusCode;
            },
            () => $"{path} is a success, and not {health}");
        return health;
    }
}
