using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MimeKit;

namespace Messaging.EndToEnd.Tests.Telemetry;

/// <summary>One run of the use cases in which everything that callers send, and every token, is known.</summary>
/// <param name="client">A client without a key.</param>
/// <param name="key">The operator's key.</param>
/// <param name="mails">The mails that were sent.</param>
internal sealed partial class SecretRun(HttpClient client, string key, Func<IEnumerable<string>> mails)
{
    /// <summary>The mail to this address fails for good.</summary>
    public const string Dead = "leak.dead@example.org";

    private const string Alive = "leak.alive@example.org", Password = "LeakPassword correct horse", WrongKey = "msg_LeakWrongKey0000000000000000000000000000000";

    /// <summary>A trace whose bytes are LeakTraceLeakTra, so that it is found in what is exported and in what is printed.</summary>
    private const string TraceText = "4c65616b54726163654c65616b547261";

    /// <summary>What must be nowhere.</summary>
    public List<string> Secrets { get; } = ["leak.dead", "leak.alive", "LeakName", "LeakEntry", "LeakProperty", "LeakPassword", "LeakWrongKey", "LeakFile", "LeakQuery", "LeakPath", "LeakAgent", "LeakHeader", "LeakMethod", "LeakHost", "LeakState", "LeakBaggage", "LeakTrace", TraceText, key];

    public async Task RunAsync()
    {
        client.DefaultRequestHeaders.UserAgent.ParseAdd("LeakAgent/1.0");
        client.DefaultRequestHeaders.Add("Cookie", "session=LeakHeader");
        client.DefaultRequestHeaders.Add("tracestate", "v=LeakState");
        client.DefaultRequestHeaders.Add("baggage", "customer=LeakBaggage");
        client.DefaultRequestHeaders.Host = "leakhost.example";
        await SendAsync(new HttpMethod("LEAKMETHOD"), "/log", accessKey: null, content: null);
        await DeadLetterAsync();
        await PostAsync($"/register?email={Alive}&displayName=LeakName");
        await PostAsync("/log", JsonContent.Create(new { message = "LeakEntry", properties = new { customer = "LeakProperty" } }));
        var token = await TokenAsync("Welcome");
        Secrets.Add(token);
        await PostAsync("/password/reset", JsonContent.Create(new { token, password = "short" }));
        await PostAsync("/password/reset", JsonContent.Create(new { token, password = Password }));
        await PostAsync($"/password/forgot?email={Alive}");
        Secrets.Add(await TokenAsync("Set a new password"));
        await PostAsync("/uploads?name=LeakFileName", new StringContent("LeakFileContent", Encoding.UTF8, "image/png"));
        await GetAsync($"/nowhere/LeakPath/{Alive}?token=LeakQuery&LeakQuery={token}");
        await GetAsync($"/tasks?error={token}", WrongKey);
        await PostAsync("/tasks", JsonContent.Create(new { type = "LogRequested", message = new { level = "Information", message = "LeakEntry", loggedAt = "2026-11-30T08:00:00Z" } }), key);
        await GetAsync("/audit", key);
        await AllEndedAsync();
    }

    /// <summary>A mail that the server refuses, which is looked at and redriven.</summary>
    private async Task DeadLetterAsync()
    {
        await PostAsync($"/register?email={Dead}&displayName=LeakName");
        var letter = "";
        await Eventually.True(
            async () => (letter = await GetAsync("/dead-letters", key)).Contains("\"id\"", StringComparison.Ordinal), "there is a dead letter");
        var id = JsonDocument.Parse(letter).RootElement.GetProperty("items")[0].GetProperty("id").GetGuid();
        await GetAsync($"/dead-letters/{id}", key);
        await PostAsync($"/dead-letters/{id}/redrive", JsonContent.Create(new { }), key);
    }

    private async Task<string> TokenAsync(string subject) => await Eventually.Get(
        () => Task.FromResult(mails().Select(m => MimeMessage.Load(new MemoryStream(Encoding.UTF8.GetBytes(m))))
            .Where(m => m.Subject == subject && m.To.ToString().Contains(Alive, StringComparison.Ordinal))
            .Select(m => Token().Match(m.TextBody!).Value)
            .FirstOrDefault()),
        $"the mail '{subject}' is sent");

    private Task AllEndedAsync() => Eventually.True(
        async () => (await Task.WhenAll(((string[])["Queued", "Running", "Waiting"]).Select(state => GetAsync($"/tasks?state={state}", key))))
            .All(page => page.Contains("\"items\":[]", StringComparison.Ordinal)),
        "all tasks have ended");

    private Task<string> PostAsync(string path, HttpContent? content = null, string? accessKey = null) => SendAsync(HttpMethod.Post, path, accessKey, content);

    private Task<string> GetAsync(string path, string? accessKey = null) => SendAsync(HttpMethod.Get, path, accessKey, content: null);

    private async Task<string> SendAsync(HttpMethod method, string path, string? accessKey, HttpContent? content)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (accessKey != key)
        {
            request.Headers.Add("traceparent", $"00-{TraceText}-b7ad6b7169203331-01");
        }

        if (accessKey is not null)
        {
            request.Headers.Authorization = new("Bearer", accessKey);
        }

        using var response = await client.SendAsync(request);
        Assert.NotEqual(HttpStatusCode.InternalServerError, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }

    [GeneratedRegex("(?<=#token=)[A-Za-z0-9_-]+", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Token();
}
