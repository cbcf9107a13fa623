using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.RequestDecompression;
using Microsoft.Extensions.Primitives;

namespace Messaging.Outbox.AspNetCore.Http;

/// <summary>
/// The request body for all readers, including the framework's binding: it counts the bytes in memory, ends at the limit, and
/// keeps the reason of a failure, which the binding does not report. It aborts the connection as soon as a read finds it reset.
/// Kestrel would notice that a moment later, and until then tries to drain the body and logs an error for each such client
/// (dotnet/aspnetcore#17840).
/// </summary>
/// <param name="body">The original body.</param>
/// <param name="http">The request.</param>
/// <param name="limit">The maximum size in bytes.</param>
/// <param name="share">The caller's share of the memory; null for a streamed body, whose handler reports failures itself.</param>
internal sealed class RequestBodyStream(Stream body, HttpContext http, long limit, BodyMemory.BodyShare? share) : Stream
{
    private const int PieceBytes = 4_096;

    private long _length;

    public Exception? Failure { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public static BadHttpRequestException TooLarge(long limit) => new(
        string.Create(CultureInfo.InvariantCulture, $"The body must not be larger than {limit} bytes."), StatusCodes.Status413PayloadTooLarge);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var read = await body.ReadAsync(buffer, cancellationToken);
            share?.Grow(read);
            return share is null || (_length += read) <= limit ? read : throw TooLarge(limit);
        }
        catch (Exception exception) when (ClosedConnection.Caused(exception))
        {
            http.Abort();
            Failure = exception;
            throw;
        }
        catch (IOException exception) when (share is not null)
        {
            // Including violations of HTTP, such as a chunk size that is not a number.
            var failure = exception as BadHttpRequestException ?? new BadHttpRequestException("The body is incomplete or violates HTTP.", StatusCodes.Status400BadRequest);
            Failure = failure;
            throw failure;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>
    /// Copies in small pieces: .NET's default buffer takes 128 KiB for as long as the caller lets the rest of its body wait, so two
    /// thousand such callers would take 256 MiB beside the bytes that are counted.
    /// </summary>
    public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken) =>
        base.CopyToAsync(destination, Math.Min(bufferSize, PieceBytes), cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => body.Read(buffer, offset, count);

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

internal static class RequestBodyExtensions
{
    /// <summary>Must come after the exception handler and <see cref="ClosedConnection"/>, which handle its exceptions.</summary>
    public static void UseRequestBodies(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        if (http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == false)
        {
            await next(http);
            return;
        }

        var (limit, isCounted) = BodySize.Of(http);
        if (isCounted && http.Request.ContentLength > limit)
        {
            throw RequestBodyStream.TooLarge(limit);
        }

        if (isCounted && !StringValues.IsNullOrEmpty(http.Request.Headers.ContentEncoding) && http.RequestServices.GetService<IRequestDecompressionProvider>() is null)
        {
            throw new BadHttpRequestException("The body must not be compressed.", StatusCodes.Status415UnsupportedMediaType);
        }

        var share = !isCounted ? null : http.RequestServices.GetRequiredService<BodyMemory>().Open(http);
        var body = new RequestBodyStream(http.Request.Body, http, limit, share);
        http.Request.Body = body;
        await next(http);
        if (body.Failure is { } failure && !http.Response.HasStarted)
        {
            throw failure;
        }
    });
}
