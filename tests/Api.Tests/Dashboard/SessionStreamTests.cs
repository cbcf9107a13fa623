using System.Net;
using Messaging.Outbox.AspNetCore.Access;

namespace Messaging.Api.Tests.Dashboard;

/// <summary>A stream is of its session: it ends with it.</summary>
public sealed class SessionStreamTests : IAsyncLifetime
{
    private static readonly string Key = ApiKeys.New();

    private readonly StandaloneApi _api = new(("Access:Keys:0:Name", "otto"), ("Access:Keys:0:Role", "operate"), ("Access:Keys:0:Hash", ApiKeys.Hash(Key)));

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await _api.DisposeAsync();

    [Theory]
    [InlineData("/tasks/events")]
    [InlineData("/overview/events")]
    public async Task Stream_ends_when_its_session_has_ended(string path)
    {
        using var browser = new Browser(_api.CreateClient(new() { HandleCookies = false }));
        await browser.SignInAsync(Key);
        using var stream = await browser.GetAsync(path, Browser.SameOrigin);
        Assert.Equal(HttpStatusCode.OK, stream.StatusCode);
        using var end = await browser.ChangeAsync(HttpMethod.Delete, "/dashboard/session");
        Assert.Equal(HttpStatusCode.NoContent, end.StatusCode);

        await _api.AcceptedAsync(null, "/log?message=after-the-sign-out");

        Assert.DoesNotContain("LogRequested", await RestOfAsync(stream), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_of_a_key_goes_on()
    {
        using var client = _api.CreateClient();
        client.DefaultRequestHeaders.Add("X-Api-Key", Key);
        using var stream = await client.GetAsync("/tasks/events", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(await stream.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));

        await _api.AcceptedAsync(null, "/log?message=seen");

        var line = "";
        while (!line.Contains("LogRequested", StringComparison.Ordinal))
        {
            line = await reader.ReadLineAsync(TestContext.Current.CancellationToken);
            Assert.NotNull(line);
        }
    }

    /// <summary>What comes until the server ends the stream.</summary>
    private static async Task<string> RestOfAsync(HttpResponseMessage stream)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        enough.CancelAfter(TimeSpan.FromSeconds(60)); // four heartbeats
        return await stream.Content.ReadAsStringAsync(enough.Token);
    }
}
