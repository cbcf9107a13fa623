using System.Globalization;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Messaging.Outbox.AspNetCore.Http;

/// <summary>
/// A body as whatever reads it sees it, the framework's binding included: it counts what is in memory, ends at the limit, and keeps why it failed, which
/// the binding does not tell. It gives the connection up as soon as a read finds it reset: Kestrel notices by itself a moment later, until then tries to
/// drain the body, and logs an error for each such client (dotnet/aspnetcore#17840).
/// </summary>
/// <param name="body">What comes.</param>
/// <param name="http">The request.</param>
/// <param name="limit">Bytes.</param>
/// <param name="share">Null for a body that is streamed, of which the handler says what is wrong.</param>
internal sealed class RequestBodyStream(Stream body, HttpContext http, long limit, BodyMemory.BodyShare? share) : Stream
{
    private long _length;

    public BadHttpRequestException? Failure { get; private set; }

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
        catch (ConnectionResetException)
        {
            http.Abort();
            throw;
        }
        catch (IOException exception) when (share is not null)
        {
            // Also what is not sent as HTTP wants it, such as a chunk's size that is no number.
            Failure = exception as BadHttpRequestException ?? new BadHttpRequestException("The body broke off, or was not sent as HTTP wants it.", StatusCodes.Status400BadRequest);
            throw Failure;
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

internal static class RequestBodyExtensions
{
    /// <summary>Has to come after the exception handler, which makes problem details of what it throws.</summary>
    public static void UseRequestBodies(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        if (http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == false)
        {
            await next(http);
            return;
        }

        var limit = http.RequestServices.GetRequiredService<IOptions<ApiOptions>>().Value.MaxBodyBytes;
        var isStreamed = StreamedBody.IsExpected(http);
        if (!isStreamed && http.Request.ContentLength > limit)
        {
            throw RequestBodyStream.TooLarge(limit);
        }

        if (!isStreamed && !StringValues.IsNullOrEmpty(http.Request.Headers.ContentEncoding))
        {
            throw new BadHttpRequestException("The body must not be compressed.", StatusCodes.Status415UnsupportedMediaType);
        }

        var share = isStreamed ? null : http.RequestServices.GetRequiredService<BodyMemory>().Open(http);
        var body = new RequestBodyStream(http.Request.Body, http, limit, share);
        http.Request.Body = body;
        await next(http);
        if (body.Failure is { } failure && !http.Response.HasStarted)
        {
            throw failure;
        }
    });
}
