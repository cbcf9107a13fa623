using System.Net.Http.Json;
using System.Text.Json;

namespace Messaging.Api.Tests.Queues;

/// <summary>A process whose queues are reported.</summary>
public sealed class ReportedQueues : SharedApi, IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await Api.QueuesAreReportedAsync();
}

internal static class ReportedQueuesExtensions
{
    public static async Task QueuesAreReportedAsync(this StandaloneApi api)
    {
        using var client = api.CreateClient();
        await Eventually.True(
            async () => (await client.GetFromJsonAsync<JsonElement>("/queues")).GetProperty("items") is var all && all.EnumerateArray().Any()
                && all.EnumerateArray().All(q => q.GetProperty("consumers").GetArrayLength() == 1),
            "the queues are reported");
        await Eventually.True(async () => await api.CountAsync("processes") == 1, "the process is reported, which is the last of its report");
    }
}
