using Messaging.Outbox.AspNetCore.Http;
using System.Net;
using Messaging.Outbox.AspNetCore;
using Microsoft.AspNetCore.Http;
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

    private BodyMemory.BodyShare Open(string address) =>
        _memory.Open(new DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Parse(address) } });
}
