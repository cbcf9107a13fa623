using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Messaging.Api.Tests.Queues;

/// <summary>What <c>/queues</c> shows, and what it refuses.</summary>
public sealed class ReadQueuesTests(ReportedQueues shared) : IClassFixture<ReportedQueues>, IDisposable
{
    private readonly StandaloneApi _api = shared.Api;
    private readonly HttpClient _client = shared.Api.CreateClient();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task All_queues_are_listed_with_what_is_known_of_them()
    {
        var all = await _client.GetFromJsonAsync<JsonElement>("/queues");

        var names = all.GetProperty("items").EnumerateArray().Select(q => q.GetProperty("name").GetString()!).ToList();
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
        Assert.Superset(new HashSet<string> { "log-requested", "password-forgotten", "user-registered" }, names.ToHashSet());
        var queue = await _client.GetFromJsonAsync<JsonElement>("/queues/user-registered");
        Assert.Equal(
            (0, 0, 0, 0, "Normal", false),
            (queue.GetProperty("depth").GetInt32(), queue.GetProperty("inFlight").GetInt32(), queue.GetProperty("delayed").GetInt32(), queue.GetProperty("deadLetters").GetInt32(), queue.GetProperty("priority").GetString(), queue.GetProperty("paused").GetBoolean()));
        Assert.Equal(16, queue.GetProperty("consumers")[0].GetProperty("concurrency").GetInt32());
        Assert.Equal(JsonValueKind.Null, queue.GetProperty("concurrency").ValueKind);
    }

    [Theory]
    [InlineData("""{"concurrency":0}""")]
    [InlineData("""{"concurrency":1001}""")]
    [InlineData("""{"concurrency":1.5}""")]
    [InlineData("""{"concurrency":"4"}""")]
    [InlineData("""{"rateLimit":0}""")]
    [InlineData("""{"rateLimit":-1}""")]
    [InlineData("""{"priority":"Urgent"}""")]
    [InlineData("""{"priority":1}""")]
    [InlineData("""{"priority":"1"}""")]
    [InlineData("""{"paused":true}""")]
    [InlineData("[]")]
    [InlineData("{")]
    public async Task What_cannot_be_set_is_refused_and_nothing_is_changed(string body)
    {
        using var response = await PatchAsync(body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(0, await _api.CountAsync("audit WHERE who <> 'declared'"));
    }

    [Fact]
    public async Task An_unknown_queue_is_a_404()
    {
        foreach (var (method, path) in ((string, string)[])[("GET", ""), ("POST", "/pause"), ("POST", "/resume"), ("POST", "/purge"), ("PATCH", "")])
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), $"/queues/nowhere{path}");
            request.Content = method == "GET" ? null : new StringContent("{}", Encoding.UTF8, "application/json");
            using var response = await _client.SendAsync(request);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }
    }

    private Task<HttpResponseMessage> PatchAsync(string body) =>
        _client.PatchAsync("/queues/user-registered", new StringContent(body, Encoding.UTF8, "application/json"));
}
