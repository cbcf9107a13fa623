using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Messaging.Api.Tests.Register;

/// <summary><c>POST /register</c>, with the worker behind it.</summary>
public sealed class RegisterTests : IAsyncLifetime
{
    private readonly StandaloneApi _api = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await _api.DisposeAsync();

    public static TheoryData<string, string> Ways => new()
    {
        { "json", """{"email":" Ann@Example.ORG ","displayName":"Ann"}""" },
        { "form", "email=Ann%40Example.ORG&displayName=Ann" },
        { "multipart", "" },
        { "query", "" },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task An_address_may_come_as_json_form_or_query(string way, string body)
    {
        using HttpContent? content = way switch
        {
            "json" => new StringContent(body, Encoding.UTF8, "application/json"),
            "form" => new StringContent(body, Encoding.UTF8, "application/x-www-form-urlencoded"),
            "multipart" => new MultipartFormDataContent { { new StringContent("Ann@Example.ORG"), "email" }, { new StringContent("Ann"), "displayName" } },
            _ => null,
        };

        var id = await _api.AcceptedAsync(content, way == "query" ? "/register?email=Ann%40Example.ORG&displayName=Ann" : "/register");

        var task = await _api.SucceededAsync(id);
        Assert.Equal("Register", task.GetProperty("kind").GetString());
        Assert.Equal(1, task.GetProperty("attempts").GetInt32());
        var mail = Assert.Single(_api.Mails());
        Assert.Contains("To: ann@example.org", mail, StringComparison.Ordinal);
        Assert.Equal("Ann", await _api.ExecuteAsync("SELECT display_name FROM users"));
        Assert.Equal(1, await _api.CountAsync("users"));
    }

    [Fact]
    public async Task Only_its_owner_learns_that_an_address_is_registered()
    {
        using var client = _api.CreateClient();
        using var first = await client.PostAsync("/register?email=ann@example.org", null);
        await SucceededAsync(first);
        using var second = await client.PostAsync("/register?email=ANN@example.org", null);
        await SucceededAsync(second);

        Assert.Equal(Shape(await first.Content.ReadAsStringAsync()), Shape(await second.Content.ReadAsStringAsync()));
        Assert.Equal(Shape(first.ToString()), Shape(second.ToString()));
        Assert.Equal(1, await _api.CountAsync("users"));
        Assert.Contains(_api.Mails(), mail => mail.Contains("Subject: Welcome", StringComparison.Ordinal));
        Assert.Contains(_api.Mails(), mail => mail.Contains("Subject: You already have an account", StringComparison.Ordinal));

        async Task SucceededAsync(HttpResponseMessage response)
        {
            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
            await _api.SucceededAsync((await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("taskId").GetGuid());
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_anonymous_caller_sees_no_difference_between_both_tasks(bool mailsFail)
    {
        await using var api = new StandaloneApi { IsAnonymous = true };
        using var client = api.CreateClient();
        if (mailsFail)
        {
            api.BlockMails();
        }

        var views = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            var id = await api.AcceptedAsync(null, "/register?email=ann@example.org");
            var task = (await api.SucceededAsync(id)).GetRawText();
            var events = await client.GetStringAsync($"/tasks/{id}/events");
            views.Add(WithoutIds(task + events[events.LastIndexOf("event:", StringComparison.Ordinal)..]));
            if (!mailsFail)
            {
                await Eventually.True(async () => await api.CountAsync("outbox") == 0, "the mail is sent, or left out");
            }
        }

        const string Task = """{"id":"_","kind":"Register","state":"Succeeded"}""";
        Assert.Equal($"{Task}event: task\ndata: {Task}\nid: 3\n\n", Assert.Single(views.Distinct()));

        static string WithoutIds(string text) => Regex.Replace(text, "[0-9a-f]{8}-[0-9a-f-]{27}", "_", RegexOptions.None, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task The_log_the_mail_and_the_cache_come_one_after_the_other()
    {
        var mail = await _api.AcceptedAsync(null, "/register?email=ann@example.org");

        var task = await _api.SucceededAsync(mail);
        var log = await _api.SucceededAsync(task.GetProperty("predecessors")[0].GetGuid());
        var cache = await _api.SucceededAsync(task.GetProperty("successors")[0].GetGuid());

        Assert.Equal(["LogRequested", "Register", "CacheRefreshRequested"], new[] { log, task, cache }.Select(t => t.GetProperty("kind").GetString()));
        Assert.True(log.GetProperty("finishedAt").GetDateTimeOffset() <= task.GetProperty("startedAt").GetDateTimeOffset());
        Assert.True(task.GetProperty("finishedAt").GetDateTimeOffset() <= cache.GetProperty("startedAt").GetDateTimeOffset());
        Assert.Equal(1, await _api.CountAsync($"activity_log WHERE message = 'registration accepted' AND properties LIKE '%{mail}%'"));
    }

    [Fact]
    public async Task Fifty_registrations_of_one_address_make_one_user_and_three_mails()
    {
        var ids = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _api.AcceptedAsync(null, "/register?email=ann@example.org")));
        foreach (var id in ids)
        {
            await _api.SucceededAsync(id);
        }

        Assert.Equal(1, await _api.CountAsync("users"));
        Assert.Equal(3, _api.Mails().Count);
        Assert.All(_api.Mails(), mail => Assert.Contains("/password/reset#token=", mail, StringComparison.Ordinal));
    }

    private static string Shape(string text) =>
        System.Text.RegularExpressions.Regex.Replace(text, "[0-9a-f]{8}-[0-9a-f-]{27}", "(id)", default, TimeSpan.FromSeconds(1));
}
