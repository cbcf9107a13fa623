using System.Text;
using Messaging.Outbox.Idempotency;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;

namespace Messaging.Outbox.AspNetCore.Http;

/// <summary>Writes a result's response into memory, so that it can be stored before it is sent.</summary>
internal static class CapturedAnswer
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="DecoderFallbackException">The response is not text.</exception>
    public static async Task<StoredAnswer> OfAsync(object? result, HttpContext http, string requestHash)
    {
        var response = http.Response;
        var client = http.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        using var body = new MemoryStream();
        var captured = new StreamResponseBodyFeature(body);
        http.Features.Set<IHttpResponseBodyFeature>(captured);
        try
        {
            await AsResult(result).ExecuteAsync(http);
            await captured.CompleteAsync();
        }
        finally
        {
            http.Features.Set(client);
        }

        var answer = new StoredAnswer
        {
            RequestHash = requestHash,
            Status = response.StatusCode,
            Location = response.Headers.Location,
            ContentType = response.ContentType,
            Body = StrictUtf8.GetString(body.GetBuffer().AsSpan(0, (int)body.Length)),
        };

        // Resets the response: a concurrent request may win, and then its response is sent.
        response.StatusCode = StatusCodes.Status200OK;
        response.Headers.Location = default;
        response.ContentType = null;
        response.ContentLength = null;
        return answer;
    }

    /// <summary>Converts the return value of a handler like ASP.NET Core does.</summary>
    private static IResult AsResult(object? result) => result switch
    {
        IResult ready => ready,
        IActionResult action => new ControllersAnswer(action),
        string text => TypedResults.Text(text),
        _ => TypedResults.Json(result),
    };

    private sealed class ControllersAnswer(IActionResult result) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => result.ExecuteResultAsync(
            new ActionContext(httpContext, httpContext.GetRouteData(), httpContext.GetEndpoint()!.Metadata.GetRequiredMetadata<ActionDescriptor>()));
    }
}
