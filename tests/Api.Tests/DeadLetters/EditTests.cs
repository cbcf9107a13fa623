using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Messaging.Api.Tests.DeadLetters;

/// <summary>A dead letter that is edited, or sent to another queue: what is a slip answers 400 with its field, and nothing changes.</summary>
public sealed class EditTests : IAsyncLifetime
{
    private const string UserId = "0190163d-8694-739b-aea5-966c26f8ad91";

    private readonly StandaloneApi _api = new(("Endpoints:Default:Retry:MaxAttempts", "1"));
    private HttpClient _client = null!;
    private Guid _task, _letter;

    public async ValueTask InitializeAsync()
    {
        _client = _api.CreateClient();
        _api.BlockMails();
        _task = await _api.AcceptedAsync(null, "/register?email=ann@example.org");
        await _api.StateAsync(_task, "Failed");
        _letter = (await _client.GetFromJsonAsync<JsonElement>("/dead-letters")).GetProperty("items")[0].GetProperty("id").GetGuid();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _api.DisposeAsync();
    }

    [Theory]
    [InlineData($$"""{ "message": { "userId": "{{UserId}}", "email": "[redacted]", "registeredAt": "yesterday" } }""", "message.registeredAt", "is not that of a UserRegistered")]
    [InlineData($$"""{ "message": { "userId": "{{UserId}}", "email": "[redacted]" } }""", "message.registeredAt", "is missing: a UserRegistered has to have it.")]
    [InlineData($$"""{ "message": { "userId": 1, "email": "[redacted]", "registeredAt": "2026-05-04T12:00:00Z" } }""", "message.userId", "is not that of a UserRegistered")]
    [InlineData($$"""{ "message": { "userId": "{{UserId}}", "email": "Mr [redacted]", "registeredAt": "2026-05-04T12:00:00Z" } }""", "message.email", "has '[redacted]' within its text")]
    [InlineData("""{ "body": "{}" }""", "body", "is no envelope")]
    public async Task A_slip_is_a_400_with_its_field(string edit, string field, string reason)
    {
        using var response = await PostAsync($"/dead-letters/{_letter}/redrive", edit);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains($"'{field}' {reason}", ErrorOf(await response.Content.ReadFromJsonAsync<JsonElement>(), field), StringComparison.Ordinal);
        Assert.Equal((1, 0), (await _api.CountAsync("dead_letters WHERE state = 0 AND edited_body IS NULL"), await _api.CountAsync("audit")));
    }

    [Fact]
    public async Task What_is_shown_can_be_edited_and_sent()
    {
        var letter = await _client.GetFromJsonAsync<JsonElement>($"/dead-letters/{_letter}");
        var message = JsonElement.Parse(letter.GetProperty("body").GetString()!).GetProperty("message");
        _api.UnblockMails();

        using var response = await _client.PostAsJsonAsync($"/dead-letters/{_letter}/redrive", new { message });

        Assert.Equal((HttpStatusCode.OK, true), (response.StatusCode, letter.GetProperty("isTypeKnown").GetBoolean()));
        Assert.Equal("[redacted]", message.GetProperty("email").GetString());
        await _api.SucceededAsync(_task);
        Assert.Contains("ann@example.org", Assert.Single(_api.Mails()).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_queue_without_a_consumer_of_the_type_is_refused()
    {
        await Eventually.True(async () => await _api.CountAsync("queues WHERE name IN ('user-registered', 'log-requested')") == 2, "the queues are known");

        using var one = await PostAsync($"/dead-letters/{_letter}/redrive", """{ "queue": "log-requested" }""");
        using var all = await PostAsync("/dead-letters/redrive?queue=user-registered&toQueue=log-requested", body: null);
        using var bulk = await PostAsync("/dead-letters/bulk", $$"""{ "action": "Redrive", "ids": ["{{_letter}}"], "queue": "log-requested" }""");

        foreach (var (response, field) in new[] { (one, "queue"), (all, "toQueue"), (bulk, "queue") })
        {
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.Equal(
                "Queue log-requested takes no messages of type UserRegistered. These do: user-registered.", ErrorOf(await response.Content.ReadFromJsonAsync<JsonElement>(), field));
        }

        Assert.Equal((1, 0), (await _api.CountAsync("dead_letters WHERE state = 0"), await _api.CountAsync("audit")));
    }

    [Fact]
    public async Task The_queues_that_take_it_are_listed()
    {
        await Eventually.True(async () => await _api.CountAsync("queues WHERE name = 'user-registered'") == 1, "the queue is known");

        var letter = await _client.GetFromJsonAsync<JsonElement>($"/dead-letters/{_letter}");
        var some = await _client.GetFromJsonAsync<JsonElement>("/dead-letters/queues?messageType=UserRegistered");
        var none = await _client.GetFromJsonAsync<JsonElement>("/dead-letters/queues?messageType=Other");

        Assert.Equal("""["user-registered"]""", letter.GetProperty("queues").GetRawText());
        Assert.Equal("""{"items":["user-registered"]}""", some.GetRawText());
        Assert.Equal("""{"items":[]}""", none.GetRawText());
    }

    [Fact]
    public async Task An_edit_of_an_unknown_type_is_sent_only_on_request()
    {
        await _api.ExecuteAsync(
            """
            UPDATE dead_letters SET body = CAST(replace(CAST(body AS TEXT), 'UserRegistered', 'Unheard') AS BLOB), metadata = replace(metadata, 'UserRegistered', 'Unheard')
            """);
        var letter = await _client.GetFromJsonAsync<JsonElement>($"/dead-letters/{_letter}");

        using var refused = await PostAsync($"/dead-letters/{_letter}/redrive", """{ "message": { "any": 1 } }""");
        using var sent = await PostAsync($"/dead-letters/{_letter}/redrive", """{ "message": { "any": 1 }, "unchecked": true }""");

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.OK), (refused.StatusCode, sent.StatusCode));
        Assert.Contains("'message' cannot be checked, because this process does not know the type Unheard", ErrorOf(await refused.Content.ReadFromJsonAsync<JsonElement>(), "message"), StringComparison.Ordinal);
        Assert.False(letter.GetProperty("isTypeKnown").GetBoolean());
        Assert.Equal(1, await _api.CountAsync("audit WHERE action = 'dead-letter.edit-and-redrive' AND details LIKE '%\"notChecked\":1%'"));
    }

    private static string ErrorOf(JsonElement problem, string field) => problem.GetProperty("errors").GetProperty(field)[0].GetString()!;

    private Task<HttpResponseMessage> PostAsync(string path, string? body) =>
        _client.PostAsync(new Uri(path, UriKind.Relative), body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
}
