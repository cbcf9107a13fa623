using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Messaging.Api.Tests.Http;

/// <summary>
/// Makes every body fail as Kestrel's does when the connection is lost, at the moment before the request is marked as aborted: here it
/// never is, so that a test sees the response.
/// </summary>
/// <param name="failure">Makes the exception of the read.</param>
internal sealed class LostClient(Func<Exception> failure) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((http, rest) =>
        {
            http.Features.Set<IHttpRequestLifetimeFeature>(new NotYetAborted());
            if (http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true)
            {
                http.Request.Body = new LostBody(failure);
            }

            return rest(http);
        });
        next(app);
    };

    private sealed class NotYetAborted : IHttpRequestLifetimeFeature
    {
        public CancellationToken RequestAborted { get; set; }

        public void Abort()
        {
        }
    }

    private sealed class LostBody(Func<Exception> failure) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => throw failure();

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw failure();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
