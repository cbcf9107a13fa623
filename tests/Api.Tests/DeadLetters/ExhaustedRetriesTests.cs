using System.Net.Http.Json;
using System.Text.Json;

namespace Messaging.Api.Tests.DeadLetters;

/// <summary>The README's "See it fail", line by line.</summary>
public sealed class ExhaustedRetriesTests
{
    [Fact]
    public async Task A_mail_that_fails_is_sent_when_its_dead_letter_is_redriven()
    {
        await using var api = new StandaloneApi(
            ("Mail:FailFor:0", "Broken@example.org"),
            ("Mail:FailTimes", "3"),
            ("Endpoints:user-registered:Retry:ImmediateRetries", "0"),
            ("Endpoints:user-registered:Retry:DelayedRetries", "2"),
            ("Endpoints:user-registered:Retry:FirstDelay", "00:00:00.2"));
        using var client = api.CreateClient();
        var other = await api.AcceptedAsync(null, "/register?email=ann@example.org");
        var id = await api.AcceptedAsync(null, "/register?email=broken@example.org");

        var failed = await api.StateAsync(id, "Failed");
        await api.SucceededAsync(other);

        Assert.Equal(3, failed.GetProperty("attempts").GetInt32());
        Assert.Contains("Mail:FailFor", failed.GetProperty("lastError").GetString(), StringComparison.Ordinal);
        var letter = Assert.Single((await client.GetFromJsonAsync<JsonElement>("/dead-letters")).GetProperty("items").EnumerateArray());
        Assert.Single(api.Mails());

        using var redriven = await client.PostAsync($"/dead-letters/{letter.GetProperty("id").GetGuid()}/redrive", null);
        Assert.True(redriven.IsSuccessStatusCode, await redriven.Content.ReadAsStringAsync());

        await api.SucceededAsync(id);
        Assert.Equal(2, api.Mails().Count);
    }
}
