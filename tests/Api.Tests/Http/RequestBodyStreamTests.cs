using Messaging.Outbox.AspNetCore.Http;
using Microsoft.AspNetCore.Http;

namespace Messaging.Api.Tests.Http;

public sealed class RequestBodyStreamTests
{
    [Fact]
    public async Task A_body_that_waits_for_its_rest_holds_a_small_buffer()
    {
        var half = new HalfSent();
        await using var body = new RequestBodyStream(half, new DefaultHttpContext(), 65_536, share: null);

        await body.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken);

        Assert.InRange(half.Largest, 1, 8_192);
    }

    /// <summary>Notes how much memory a reader holds ready.</summary>
    private sealed class HalfSent : MemoryStream
    {
        public int Largest { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Largest = Math.Max(Largest, buffer.Length);
            return base.ReadAsync(buffer, cancellationToken);
        }
    }
}
