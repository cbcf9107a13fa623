using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Messaging.EndToEnd.Tests.Reasons;

/// <summary>Why a task is not running, over the real PostgreSQL and RabbitMQ. Skipped where they are not at hand.</summary>
[Collection("broker")]
public sealed class BrokerReasonTests
{
    private const string Queue = "log-requested";

    private static readonly (string, string)[] Quick = [("Outbox__QueueReportInterval", "00:00:00.5"), ("Outbox__LostAfter", "00:05:00")];

    [Fact]
    public async Task Each_cause_that_stops_a_task_is_its_reason()
    {
        await using var system = await RealSystem.StartAsync(Quick);
        await Eventually.True(async () => await system.CountAsync($"queues WHERE name = '{Queue}'") == 1, "the queue is reported");
        await PostAsync(system, "pause");
        await Eventually.True(async () => await system.ConsumersAsync(Queue) == 0, "the queue is paused");
        var id = await AddAsync(system);
        await Eventually.True(async () => await system.MessagesAsync(Queue) == 1, "the broker has it");

        var paused = new Regex($"^Queue {Queue} is paused by tests since .* UTC; 1 message waits in it\\.$", RegexOptions.None, TimeSpan.FromSeconds(1));
        await WhyAsync(system, id, "QueuePaused", paused.IsMatch); // the depth is known a moment later
        await system.Worker.TerminateAsync();
        Assert.EndsWith($"Besides, no process that is alive consumes queue {Queue}.", Text(await WhyAsync(system, id, "QueuePaused", "Besides"), "message"), StringComparison.Ordinal);
        await PostAsync(system, "resume");
        Assert.Equal($"Start a worker that has queue {Queue}.", Text(await WhyAsync(system, id, "NoWorker"), "advice"));

        await RealSystem.RabbitMqCtlAsync("purge_queue", "-p", system.VirtualHost, Queue);
        await system.StartWorker().ReadyAsync();

        var lost = await WhyAsync(system, id, "Lost");
        Assert.Contains($"queue {Queue} has no ready message, and its workers had none in flight at ", Text(lost, "message"), StringComparison.Ordinal);
        Assert.NotEqual(JsonValueKind.Null, lost.GetProperty("until").ValueKind);
    }

    [Fact]
    public async Task A_stopped_broker_is_the_reason_until_it_is_back()
    {
        await using var system = await RealSystem.StartAsync(Quick);
        Guid id;
        await RealSystem.RabbitMqCtlAsync("stop_app");
        try
        {
            id = await AddAsync(system);

            var why = await WhyAsync(system, id, "BrokerUnavailable", "has seen that since");
            Assert.NotEqual(JsonValueKind.Null, why.GetProperty("since").ValueKind);
        }
        finally
        {
            await RealSystem.RabbitMqCtlAsync("start_app");
        }

        await WhyAsync(system, id, "Succeeded");
    }

    private static async Task<Guid> AddAsync(RealSystem system)
    {
        using var response = await system.Api.Client.PostAsync("/log?message=entry", null);
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("taskId").GetGuid();
    }

    private static Task<JsonElement> WhyAsync(RealSystem system, Guid id, string code, string text = "") =>
        WhyAsync(system, id, code, message => message.Contains(text, StringComparison.Ordinal));

    /// <summary>Waits until the reason has this code, and a message that fits.</summary>
    private static async Task<JsonElement> WhyAsync(RealSystem system, Guid id, string code, Predicate<string> fits)
    {
        JsonElement why = default;
        await Eventually.True(
            async () =>
            {
                why = await system.Api.Client.GetFromJsonAsync<JsonElement>($"/tasks/{id}/why");
                return Text(why, "code") == code && fits(Text(why, "message")!);
            },
            () => $"the reason is {code}: {why}");
        return why;
    }

    private static async Task PostAsync(RealSystem system, string action)
    {
        using var response = await system.Api.Client.PostAsync($"/queues/{Queue}/{action}", null);
        response.EnsureSuccessStatusCode();
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();
}
