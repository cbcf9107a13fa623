using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Messaging.Api.Tests.Tasks;

/// <summary>Tasks and dead letters over HTTP: what an operator does.</summary>
public sealed class TaskControlTests
{
    [Fact]
    public async Task A_failed_task_is_found_looked_into_and_redriven()
    {
        await using var api = new StandaloneApi(OneAttempt);
        using var client = api.CreateClient();
        api.BlockMails();
        var id = await api.AcceptedAsync(null, "/register?email=ann@example.org");
        await api.StateAsync(id, "Failed");

        var letters = await client.GetFromJsonAsync<JsonElement>($"/dead-letters?taskId={id}");
        var letter = Assert.Single(letters.GetProperty("items").EnumerateArray());
        Assert.Equal(("user-registered", "UserRegistered", "Failed"), (Text(letter, "queue"), Text(letter, "messageType"), Text(letter, "reason")));
        var details = await client.GetFromJsonAsync<JsonElement>($"/dead-letters/{Text(letter, "id")}");
        Assert.Contains("\"email\":\"[redacted]\"", Text(details, "body"), StringComparison.Ordinal); // as the type has it, for everybody
        Assert.Equal(Text(letter, "id"), Text(details.GetProperty("deadLetter"), "id"));
        var group = Assert.Single((await client.GetFromJsonAsync<JsonElement>("/dead-letter-groups")).GetProperty("items").EnumerateArray());
        Assert.Equal(1, group.GetProperty("count").GetInt32());
        Assert.StartsWith("Messaging.", Text(letter, "throwSite"), StringComparison.Ordinal);
        Assert.Equal(Text(letter, "throwSite"), Text(group, "throwSite"));
        api.UnblockMails();

        using var redriven = await client.PostAsync($"/dead-letters/redrive?group={Text(group, "groupId")}", null);
        using var again = await client.PostAsync($"/dead-letters/{Text(letter, "id")}/redrive", null);

        Assert.Equal(1, (await redriven.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("count").GetInt32());
        Assert.Equal((HttpStatusCode.OK, 0), (again.StatusCode, (await again.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("count").GetInt32()));
        var task = await api.StateAsync(id, "Succeeded");
        Assert.Equal(2, task.GetProperty("attemptList").GetArrayLength());
        Assert.Single(api.Mails());
    }

    [Fact]
    public async Task An_edited_message_takes_the_place_of_the_old_one()
    {
        await using var api = new StandaloneApi(OneAttempt);
        using var client = api.CreateClient();
        api.BlockMails();
        var id = await api.AcceptedAsync(null, "/register?email=wrong@example.org");
        await api.StateAsync(id, "Failed");
        api.UnblockMails();
        var letter = (await client.GetFromJsonAsync<JsonElement>($"/dead-letters?taskId={id}")).GetProperty("items")[0];
        var details = await client.GetFromJsonAsync<JsonElement>($"/dead-letters/{Text(letter, "id")}");
        using var envelope = JsonDocument.Parse(Text(details, "body")!);
        var message = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(envelope.RootElement.GetProperty("message"))!;
        message["email"] = JsonSerializer.SerializeToElement("right@example.org");
        await api.ExecuteAsync("UPDATE users SET email = 'right@example.org'"); // a welcome goes to a user's address only

        using var response = await client.PostAsJsonAsync($"/dead-letters/{Text(letter, "id")}/redrive", new { message });

        response.EnsureSuccessStatusCode();
        await api.StateAsync(id, "Succeeded");
        Assert.Contains("right@example.org", Assert.Single(api.Mails()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"message":1}""")]
    [InlineData("""{"message":{},"body":"x"}""")]
    [InlineData("""{"mesage":{}}""")]
    [InlineData("""{"body":5}""")]
    [InlineData("[]")]
    [InlineData("{")]
    public async Task A_bad_edit_is_refused_and_changes_nothing(string body)
    {
        await using var api = new StandaloneApi(OneAttempt);
        using var client = api.CreateClient();
        api.BlockMails();
        var id = await api.AcceptedAsync(null, "/register?email=ann@example.org");
        await api.StateAsync(id, "Failed");
        var letter = (await client.GetFromJsonAsync<JsonElement>($"/dead-letters?taskId={id}")).GetProperty("items")[0];

        using var response = await client.PostAsync($"/dead-letters/{Text(letter, "id")}/redrive", new StringContent(body, null, "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(1, await api.CountAsync("dead_letters WHERE state = 0"));
    }

    [Theory]
    [InlineData("/dead-letters/drop")]
    [InlineData("/dead-letters/drop?group=&reason=Failed")]
    [InlineData("/dead-letters/redrive?queue=a&queue=b")]
    public async Task An_ambiguous_filter_decides_nothing(string path)
    {
        await using var api = new StandaloneApi();
        using var client = api.CreateClient();

        using var response = await client.PostAsync(path, null);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task A_second_cancellation_changes_nothing()
    {
        await using var api = new StandaloneApi(("Endpoints:Default:Retry:ImmediateRetries", "0"), ("Endpoints:Default:Retry:FirstDelay", "00:15:00"));
        using var client = api.CreateClient();
        api.BlockMails();
        var id = await api.AcceptedAsync(null, "/register?email=ann@example.org");
        await api.StateAsync(id, "Retrying");

        using var first = await client.PostAsync($"/tasks/{id}/cancel", null);
        using var second = await client.PostAsync($"/tasks/{id}/cancel", null);
        using var unknown = await client.PostAsync($"/tasks/{Guid.NewGuid()}/cancel", null);

        Assert.True((await first.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("changed").GetBoolean());
        Assert.False((await second.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("changed").GetBoolean());
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        await api.StateAsync(id, "Cancelled");
        Assert.Equal(0, await api.CountAsync("outbox WHERE queue = 'user-registered' AND waiting <> 2"));
        api.UnblockMails();
        using var retry = await client.PostAsync($"/tasks/{id}/retry", null);
        await api.StateAsync(id, "Succeeded");
    }

    [Fact]
    public async Task A_cancelled_chain_is_counted_and_comes_back_by_a_retry()
    {
        await using var api = new StandaloneApi();
        using var client = api.CreateClient();
        var log = new { type = "LogRequested", message = new { level = "Information", message = "m", loggedAt = "2026-05-04T12:00:00Z" } };
        using var added = await client.PostAsJsonAsync("/tasks", new { log.type, log.message, delay = 3600, then = new[] { log, log } });
        var answer = await added.Content.ReadFromJsonAsync<JsonElement>();
        var (first, last) = (answer.GetProperty("taskId").GetGuid(), answer.GetProperty("taskIds")[1].GetGuid());

        using var wrong = await client.PostAsync($"/tasks/{first}/cancel?successors=later", null);
        using var cancelled = await client.PostAsync($"/tasks/{first}/cancel?successors=cancel", null);

        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Equal(2, (await cancelled.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("successors").GetInt32());
        Assert.Equal($"Cancelled with task {first}, which it comes after.", Text(await api.StateAsync(last, "Cancelled"), "lastError"));
        using var retried = await client.PostAsync($"/tasks/{last}/retry", null);
        Assert.Equal(2, (await retried.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("successors").GetInt32());
        await api.StateAsync(last, "Succeeded");
    }

    [Fact]
    public async Task Tasks_are_listed_with_filters_and_unknown_parameters_are_refused()
    {
        await using var api = new StandaloneApi();
        using var client = api.CreateClient();
        for (var i = 0; i < 3; i++)
        {
            await api.SucceededAsync(await api.AcceptedAsync(null, $"/log?message={i}"));
        }

        var page = await client.GetFromJsonAsync<JsonElement>("/tasks?state=succeeded,failed&queue=log-requested&limit=2");
        var next = await client.GetFromJsonAsync<JsonElement>($"/tasks?limit=2&after={Text(page, "next")}");
        using var bad = await client.GetAsync("/tasks?stat=Failed&limit=0&createdFrom=yesterday&state=Fine");

        Assert.Equal((2, 1), (page.GetProperty("items").GetArrayLength(), next.GetProperty("items").GetArrayLength()));
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        var errors = (await bad.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors");
        Assert.Equal(["createdFrom", "limit", "stat", "state"], errors.EnumerateObject().Select(e => e.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("01")]
    [InlineData("00")] // not sampled
    public async Task A_task_shows_its_trace_and_is_found_by_it(string flags)
    {
        const string Trace = "0af7651916cd43dd8448eb211c80319c";
        await using var api = new StandaloneApi();
        using var client = api.CreateClient();
        await api.SucceededAsync(await api.AcceptedAsync(null, "/log?message=other"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/log?message=traced") { Headers = { { "traceparent", $"00-{Trace}-b7ad6b7169203331-{flags}" } } };
        using var response = await client.SendAsync(request);
        var id = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("taskId").GetGuid();

        var found = await client.GetFromJsonAsync<JsonElement>($"/tasks?traceId={Trace}");
        var task = await client.GetFromJsonAsync<JsonElement>($"/tasks/{id}");

        Assert.Equal((1, id, Trace), (found.GetProperty("items").GetArrayLength(), found.GetProperty("items")[0].GetProperty("id").GetGuid(), Text(found.GetProperty("items")[0], "traceId")));
        Assert.Equal(Trace, Text(task, "traceId"));
        var byParent = await client.GetFromJsonAsync<JsonElement>($"/tasks?traceId=00-{Trace}-b7ad6b7169203331-{flags}");
        Assert.Equal(id, Assert.Single(byParent.GetProperty("items").EnumerateArray()).GetProperty("id").GetGuid());
    }

    [Theory]
    [InlineData("0af7")]
    [InlineData("0af7651916cd43dd8448eb211c80319g")]
    [InlineData("0af76519-16cd-43dd-8448-eb211c80319c")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331")]
    [InlineData("0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    public async Task A_trace_that_is_none_is_refused_by_its_field(string trace)
    {
        await using var api = new StandaloneApi();
        using var client = api.CreateClient();

        using var bad = await client.GetAsync($"/tasks?traceId={trace}");

        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        Assert.Equal(
            "'traceId' must be 32 hexadecimal digits, such as 0af7651916cd43dd8448eb211c80319c, or a traceparent.",
            (await bad.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").GetProperty("traceId")[0].GetString());
    }

    [Fact]
    public async Task The_event_stream_of_a_task_ends_with_the_task()
    {
        await using var api = new StandaloneApi();
        using var client = api.CreateClient();
        var id = await api.AcceptedAsync(null, "/register?email=ann@example.org");

        await using var stream = await client.GetStreamAsync($"/tasks/{id}/events");
        var events = new List<(string? Id, string Data)>();
        await foreach (var item in SseParser.Create(stream).EnumerateAsync())
        {
            events.Add((item.EventId, item.Data));
        }

        Assert.Contains("\"Succeeded\"", events[^1].Data, StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/tasks/{id}/events");
        request.Headers.Add("Last-Event-ID", events[^1].Id);
        using var resumed = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.NoContent, resumed.StatusCode);
        using var unknown = await client.GetAsync($"/tasks/{Guid.NewGuid()}/events");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    private static (string Name, string Value) OneAttempt => ("Endpoints:Default:Retry:MaxAttempts", "1");

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
