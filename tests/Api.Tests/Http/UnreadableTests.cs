using Messaging.Outbox.AspNetCore.Http;
using Messaging.Outbox.AspNetCore;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Messaging.Api.Tests.Http;

/// <summary>A request that cannot be read is its sender's fault, and is answered as such.</summary>
public sealed class UnreadableTests(SharedApi shared) : IClassFixture<SharedApi>, IDisposable
{
    private readonly HttpClient _client = shared.Api.CreateClient();

    public void Dispose() => _client.Dispose();

    public static TheoryData<string, string> JsonRoutes => new()
    {
        { "PATCH", "/queues/x" },
        { "POST", "/queues/x/purge" },
        { "PUT", "/schedules/x" },
        { "POST", "/tasks" },
        { "POST", "/register" },
        { "POST", "/log" },
    };

    [Theory]
    [MemberData(nameof(JsonRoutes))]
    public async Task A_charset_that_is_not_utf_8_is_a_415(string method, string path)
    {
        foreach (var charset in new[] { "utf-7", "foo", "\"utf-16\"" })
        {
            Assert.Equal((charset, HttpStatusCode.UnsupportedMediaType), (charset, await StatusAsync(method, path, "{}", $"application/json;charset={charset}")));
        }
    }

    [Theory]
    [MemberData(nameof(JsonRoutes))]
    public async Task A_charset_in_quotes_is_read(string method, string path)
    {
        var plain = await StatusAsync(method, path, "{}", "application/json");

        Assert.Equal(plain, await StatusAsync(method, path, "{}", "application/json;charset=\"UTF-8\""));
        Assert.InRange((int)plain, 200, 499);
    }

    [Theory]
    [MemberData(nameof(JsonRoutes))]
    public async Task Half_a_surrogate_pair_is_a_400(string method, string path)
    {
        var statuses = new List<HttpStatusCode>();
        foreach (var json in new[] { """{"\ud800":1}""", """{"email":"\udc00","message":"\ud800","type":"\ud800"}""" })
        {
            statuses.Add(await StatusAsync(method, path, json, "application/json"));
        }

        // A purge binds its one number and passes over other members: then its queue is not found.
        Assert.All(statuses, status => Assert.InRange((int)status, 400, path.EndsWith("purge", StringComparison.Ordinal) ? 404 : 400));
    }

    [Theory]
    [MemberData(nameof(JsonRoutes))]
    public async Task A_client_that_accepts_no_json_still_gets_the_problem(string method, string path)
    {
        var logs = new LogCapture();
        await using var api = new StandaloneApi();
        await using var logged = api.WithWebHostBuilder(builder => builder.ConfigureLogging(logging => logging.AddProvider(logs)));
        using var client = logged.CreateClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent("{", Encoding.UTF8, "application/json") };
        request.Headers.Accept.ParseAdd("application/xml");

        using var response = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Empty(logs.Exceptions);
    }

    [Fact]
    public async Task A_zero_character_in_a_query_is_a_400()
    {
        using var answer = await _client.GetAsync("/schedules?after=%00");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("'after'", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(800, 412)]
    [InlineData(1_024, 580)]
    [InlineData(100, 50)]
    [InlineData(1_048_576, 20_000)]
    public void Connections_leave_descriptors_for_the_process(int descriptors, int expected) =>
        Assert.Equal(expected, ConnectionLimit.ForDescriptors(descriptors));

    [Theory]
    [InlineData(268_435_456, 4_096)]
    [InlineData(1, 50)]
    [InlineData(34_359_738_368, 20_000)]
    public void Connections_leave_memory_for_the_process(long bytes, int expected) => Assert.Equal(expected, ConnectionLimit.ForMemory(bytes));

    private async Task<HttpStatusCode> StatusAsync(string method, string path, string json, string contentType)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(json)) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        using var response = await _client.SendAsync(request);
        return response.StatusCode;
    }
}
