using Messaging.Outbox.AspNetCore.Http;
using System.Net;
using System.Net.Http.Json;
using Messaging.Outbox.AspNetCore;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Messaging.Api.Tests.Http;

/// <summary>What there is for bodies is not for one caller alone.</summary>
public sealed class BodyMemoryTests
{
    private const int Megabyte = 1_024 * 1_024;

    private readonly BodyMemory _memory = new(Options.Create(new ApiOptions { MaxBodyMemoryBytes = 16 * Megabyte }));

    [Fact]
    public void One_caller_leaves_others_room_for_their_bodies()
    {
        Open("203.0.113.1").Grow(3 * Megabyte);
        var second = Open("203.0.113.1");
        second.Grow(Megabyte);

        Assert.Equal(503, Assert.Throws<BadHttpRequestException>(() => Open("203.0.113.1").Grow(1)).StatusCode);
        Open("203.0.113.2").Grow(4 * Megabyte);
        second.Dispose();
        Open("203.0.113.1").Grow(Megabyte);
    }

    [Fact]
    public void All_callers_together_have_a_limit()
    {
        var shares = Enumerable.Range(1, 4).Select(caller => Open($"203.0.113.{caller}")).ToList();
        shares.ForEach(share => share.Grow(4 * Megabyte));

        Assert.Throws<BadHttpRequestException>(() => Open("203.0.113.5").Grow(1));
        shares[0].Dispose();
        Open("203.0.113.5").Grow(1);
    }

    /// <summary>Behind a proxy that is not named all have one address: a flood of callers without a key leaves operators theirs.</summary>
    [Fact]
    public async Task A_key_has_a_share_of_its_own()
    {
        await using var api = new StandaloneApi(("Api:MaxBodyMemoryBytes", $"{16 * Megabyte}"));
        using var operating = api.CreateClient();
        using var anonymous = api.CreateClient();
        anonymous.DefaultRequestHeaders.Remove("X-Api-Key");
        using var flood = api.Services.GetRequiredService<BodyMemory>().Open(new DefaultHttpContext());
        flood.Grow(4 * Megabyte);

        using var refused = await anonymous.PostAsJsonAsync("/log", new { message = "a" }, TestContext.Current.CancellationToken);
        using var served = await operating.PostAsJsonAsync("/log", new { message = "a" }, TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.Accepted), (refused.StatusCode, served.StatusCode));
    }

    private BodyMemory.BodyShare Open(string address) =>
        _memory.Open(new DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Parse(address) } });
}
