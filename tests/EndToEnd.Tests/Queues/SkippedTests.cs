using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using RabbitMQ.Client;

namespace Messaging.EndToEnd.Tests.Queues;

/// <summary>A message in a queue of RabbitMQ whose consumers do not take it. Skipped without the real servers.</summary>
[Collection("real servers")]
public sealed class SkippedTests
{
    [Fact]
    public async Task A_message_in_a_wrong_queue_is_redriven_to_the_right_one()
    {
        await using var system = await RealSystem.CreateAsync();
        await system.StartApi([("Outbox__Dispatch", "false")]).ReadyAsync();
        using var response = await system.Api.Client.PostAsync("/log?message=astray", null);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var (contentType, body) = await system.OutboxBodyAsync(); // nobody dispatches yet
        var headers = new Dictionary<string, object?>(StringComparer.Ordinal) { ["Task-Id"] = $"{response.Headers.Location}".Split('/')[^1] };
        await system.ExecuteAsync("DELETE FROM outbox");
        await system.StartWorker().ReadyAsync();
        await Eventually.True(async () => await system.CountAsync("queues WHERE name IN ('user-registered', 'log-requested')") == 2, "the queues are reported");

        await system.SendAsync("user-registered", new BasicProperties { ContentType = contentType, Headers = headers }, body);
        await Eventually.True(async () => await system.CountAsync("dead_letters WHERE reason = 'Skipped' AND queue = 'user-registered'") == 1, "it is a dead letter");
        var id = (await system.Api.Client.GetFromJsonAsync<JsonElement>("/dead-letters")).GetProperty("items")[0].GetProperty("id").GetGuid();
        var letter = await system.Api.Client.GetFromJsonAsync<JsonElement>($"/dead-letters/{id}");
        var why = await system.Api.Client.GetFromJsonAsync<JsonElement>($"{response.Headers.Location}/why");
        using var wrong = await system.Api.Client.PostAsJsonAsync($"/dead-letters/{id}/redrive", new { queue = "user-registered" });
        using var right = await system.Api.Client.PostAsJsonAsync($"/dead-letters/{id}/redrive", new { queue = "log-requested" });

        Assert.Equal("""["log-requested"]""", letter.GetProperty("queues").GetRawText());
        Assert.Contains("Redrive it to a queue that takes them (log-requested)", why.GetRawText(), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.OK), (wrong.StatusCode, right.StatusCode));
        await Eventually.True(async () => await system.CountAsync("activity_log WHERE message = 'astray'") == 1, "it was executed");
        Assert.Equal(0u, await system.MessagesAsync("user-registered_skipped"));
    }
}
