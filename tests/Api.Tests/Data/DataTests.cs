using Messaging.Outbox.AspNetCore.Access;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Messaging.Outbox.AspNetCore;

namespace Messaging.Api.Tests.Data;

/// <summary><c>GET /data</c>, and the audit that goes with it.</summary>
public sealed class DataTests
{
    private const string Audits = "audit WHERE action = 'data.read'";

    [Fact]
    public async Task A_reader_gets_the_counts_and_each_answer_is_audited_once()
    {
        var key = ApiKeys.New();
        await using var api = new StandaloneApi(
            ("Access:Keys:0:Name", "rita"), ("Access:Keys:0:Role", "read"), ("Access:Keys:0:Hash", ApiKeys.Hash(key)));
        await api.SucceededAsync(await api.AcceptedAsync(null, "/register?email=ann@example.org"));
        await api.SucceededAsync(await api.AcceptedAsync(null, "/log?message=a&level=Error"));
        using var client = api.CreateClient();
        client.DefaultRequestHeaders.Add(ApiKeyHandler.HeaderName, key);
        client.DefaultRequestHeaders.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        var first = await client.GetFromJsonAsync<JsonElement>("/data");
        Assert.Equal(1, await api.CountAsync(Audits));
        var second = await client.GetFromJsonAsync<JsonElement>("/data");
        var audit = (await client.GetFromJsonAsync<JsonElement>("/audit?action=data.read")).GetProperty("items");

        Assert.Equal("""{"users":1,"loggedLastDay":{"Information":1,"Error":1}}""", first.GetRawText());
        Assert.Equal("""{"users":1,"loggedLastDay":{"Information":1,"Error":1}}""", second.GetRawText());
        Assert.Equal(2, audit.GetArrayLength());
        Assert.All(audit.EnumerateArray(), entry => Assert.Equal(
            ("rita", "/data", """{"trace":"0af7651916cd43dd8448eb211c80319c"}"""),
            (entry.GetProperty("who").GetString(), entry.GetProperty("target").GetString(), entry.GetProperty("details").GetString())));
    }

    [Fact]
    public async Task A_refused_caller_is_in_the_access_log_only()
    {
        await using var api = new StandaloneApi(("AccessLog:Enabled", "true")) { IsAnonymous = true };
        using var client = api.CreateClient();

        using var response = await client.GetAsync("/data");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        await Eventually.True(async () => await api.CountAsync("activity_log WHERE message LIKE 'GET /data 401 in %'") == 1, "it is logged");
        Assert.Equal(0, await api.CountAsync("tasks"));
        Assert.Equal(0, await api.CountAsync(Audits));
    }

    [Fact]
    public async Task Without_an_audit_entry_nobody_gets_the_data()
    {
        await using var api = new StandaloneApi(("Outbox:CommitTimeout", "00:00:00.3"));
        using var client = api.CreateClient();
        HttpResponseMessage response;

        await using (await api.HoldWritesAsync()) // what is asked for can be read all the same
        {
            response = await client.GetAsync("/data");
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.DoesNotContain("users", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        response.Dispose();
    }
}
