using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Messaging.Outbox.AspNetCore.Http;

/// <summary>
/// A body that gives the connection up as soon as a read finds it reset. Kestrel notices by itself a moment later; until then it tries to drain
/// the body, cannot, and logs an error with a stack trace for each such client (dotnet/aspnetcore#17840).
/// </summary>
internal sealed class ResetAwareBody(Stream body, HttpContext http) : Stream
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

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await body.ReadAsync(buffer, cancellationToken);
        }
        catch (ConnectionResetException)
        {
            http.Abort();
            throw;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => body.Read(buffer, offset, count);

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

internal static class ResetAwareBodyExtensions
{
    /// <summary>For whatever reads a body, the framework's binding included.</summary>
    public static void UseResetAwareBodies(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        if (http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != false)
        {
            http.Request.Body = new ResetAwareBody(http.Request.Body, http);
        }

        return next(http);
    });
}
