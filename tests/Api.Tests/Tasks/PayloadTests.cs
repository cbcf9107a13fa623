using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Messaging.Outbox.AspNetCore.Access;

namespace Messaging.Api.Tests.Tasks;

/// <summary>What callers see of the messages of tasks, and how they find tasks by keys.</summary>
public sealed class PayloadTests : IAsyncLifetime
{
    private static readonly string Operate = ApiKeys.New(), Read = ApiKeys.New(), Reader = ApiKeys.New(), Blind = ApiKeys.New();

    private readonly StandaloneApi _api = new(
    [
        .. Key(0, "otto", "operate", Operate), .. Key(1, "rita", "read", Read), .. Key(2, "rosa", "read", Reader), .. Key(3, "bert", "operate", Blind),
        ("Access:Keys:2:Payloads", "true"), ("Access:Keys:3:Payloads", "false"),
    ]);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task A_message_is_shown_to_keys_that_may_see_it()
    {
        var id = await LogAsync("from ann@example.org");

        Assert.Equal(("Kept", "from ann@example.org"), StateAndText(await TaskAsync(id, Operate)));
        Assert.Equal(("Kept", "from a***@example.org"), StateAndText(await TaskAsync(id, Reader)));
        Assert.Equal("""{"state":"Hidden","bytes":null,"type":null,"redacted":null,"message":null,"isEditable":false,"cannotRunAgain":null}""", (await TaskAsync(id, Read)).GetProperty("payload").GetRawText());
        Assert.Equal("Hidden", (await TaskAsync(id, Blind)).GetProperty("payload").GetProperty("state").GetString());
    }

    [Fact]
    public async Task Without_a_key_neither_message_nor_keys_are_shown()
    {
        var user = Guid.CreateVersion7();
        var (logged, refreshed) = (await LogAsync("from ann"), await RefreshAsync(user));

        foreach (var id in new[] { logged, refreshed })
        {
            using var client = Client(key: null);
            var text = await client.GetStringAsync($"/tasks/{id}");
            Assert.DoesNotContain("from ann", text, StringComparison.Ordinal);
            Assert.DoesNotContain($"{user}", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_task_is_found_by_its_key_and_shows_it()
    {
        var user = Guid.CreateVersion7();
        var id = await RefreshAsync(user);
        await RefreshAsync(Guid.CreateVersion7());
        using var client = Client(Read);

        var found = await client.GetFromJsonAsync<JsonElement>($"/tasks?key=userId:{user}");

        Assert.Equal(id, Assert.Single(found.GetProperty("items").EnumerateArray()).GetProperty("id").GetGuid());
        Assert.Equal($"{user}", (await TaskAsync(id, Read)).GetProperty("keys").GetProperty("userId").GetString());
        Assert.Empty((await client.GetFromJsonAsync<JsonElement>("/tasks?key=userId:none")).GetProperty("items").EnumerateArray());
    }

    [Theory]
    [InlineData("userId")]
    [InlineData("userId:")]
    [InlineData(":1")]
    [InlineData("user id:1")]
    [InlineData("a:%00")]
    public async Task A_key_that_cannot_be_one_is_refused(string key)
    {
        using var client = Client(Read);
        using var response = await client.GetAsync($"/tasks?key={key}");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("must be the name of a search key, a colon and a value", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_registration_keeps_no_address_and_a_password_reset_nothing()
    {
        using var client = Client(Operate);
        using var register = await client.PostAsJsonAsync("/register", new { email = "ann@example.org", displayName = "Ann Lee" });
        using var forgot = await client.PostAsJsonAsync("/password/forgot", new { email = "ann@example.org" });
        Assert.Equal(HttpStatusCode.Accepted, forgot.StatusCode);
        var registered = await IdOfAsync(register);
        var forgotten = Assert.Single((await client.GetFromJsonAsync<JsonElement>("/tasks?kind=PasswordForgotten")).GetProperty("items").EnumerateArray()).GetProperty("id").GetGuid();

        var payload = (await TaskAsync(registered, Operate)).GetProperty("payload");

        Assert.Equal("[redacted]", payload.GetProperty("message").GetProperty("email").GetString());
        Assert.Equal(["email", "displayName"], payload.GetProperty("redacted").EnumerateArray().Select(p => p.GetString()!));
        Assert.Equal("Sensitive", (await TaskAsync(forgotten, Operate)).GetProperty("payload").GetProperty("state").GetString());
        Assert.Equal(0, await _api.CountAsync("task_payloads WHERE message LIKE '%ann@example.org%' OR message LIKE '%Lee%'"));
    }

    private static (string? State, string? Text) StateAndText(JsonElement task) => (
        task.GetProperty("payload").GetProperty("state").GetString(), task.GetProperty("payload").GetProperty("message").GetProperty("message").GetString());

    private static IEnumerable<(string Name, string Value)> Key(int index, string name, string role, string key) =>
        [($"Access:Keys:{index}:Name", name), ($"Access:Keys:{index}:Role", role), ($"Access:Keys:{index}:Hash", ApiKeys.Hash(key))];

    private async Task<Guid> LogAsync(string text) => await IdOfAsync(await Client(key: null).PostAsJsonAsync("/log", new { message = text }));

    private async Task<Guid> RefreshAsync(Guid user) =>
        await IdOfAsync(await Client(Operate).PostAsJsonAsync("/tasks", new { type = "CacheRefreshRequested", message = new { userId = user } }));

    private async Task<JsonElement> TaskAsync(Guid id, string key)
    {
        using var client = Client(key);
        return await client.GetFromJsonAsync<JsonElement>($"/tasks/{id}");
    }

    private static async Task<Guid> IdOfAsync(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("taskId").GetGuid();
    }

    private HttpClient Client(string? key)
    {
        var client = _api.CreateClient();
        if (key is not null)
        {
            client.DefaultRequestHeaders.Add("X-Api-Key", key);
        }

        return client;
    }
}
