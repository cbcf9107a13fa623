using System.Net;

namespace Messaging.EndToEnd.Tests;

/// <summary>What is accepted while the broker is away. Skipped where the real servers are not at hand.</summary>
[Collection("broker")]
public sealed class BrokerOutageTests
{
    [Fact]
    public async Task Requests_during_a_broker_outage_are_accepted_and_done_later()
    {
        await using var system = await RealSystem.StartAsync();
        var ledger = new Ledger();
        await ledger.SendOneAsync(system.Api.Client, "/register?email=before@example.org");

        await RealSystem.RabbitMqCtlAsync("stop_app");
        try
        {
            await Task.WhenAll(Enumerable.Range(0, 50).Select(i => ledger.SendOneAsync(system.Api.Client, $"/register?email=user{i}@example.org")));
            using var ready = await system.Api.Client.GetAsync("/health/ready");
            Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        }
        finally
        {
            await RealSystem.RabbitMqCtlAsync("start_app");
        }

        Assert.Empty(ledger.Unanswered);
        await ledger.AllSucceededAsync(system.Api.Client);
        Assert.Equal(51, await system.CountAsync("users WHERE welcomed_at IS NOT NULL"));
        Assert.Equal(51, system.Smtp.MessageIds.Distinct().Count()); // the one that was under way may have been sent twice
    }
}
