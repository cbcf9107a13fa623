using System.Text.Json;
using Messaging.Outbox.AspNetCore.Requests;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Options;
using ProblemDetails = Microsoft.AspNetCore.Mvc.ProblemDetails;

namespace Messaging.Outbox.AspNetCore.Http;

/// <summary>Turns what a route throws into problem details; what it does not know stays a 500 without details.</summary>
internal sealed partial class ProblemExceptionHandler(ILogger<ProblemExceptionHandler> logger) : IExceptionHandler
{
    /// <summary>Whose own words tell a caller the names of our types.</summary>
    private const string Binding = "Microsoft.AspNetCore.Http.Extensions";

    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        var endpoint = context.Features.Get<IExceptionHandlerFeature>()?.Endpoint; // the context has none any more
        var (status, detail) = exception switch
        {
            StoreUnavailableException => (StatusCodes.Status503ServiceUnavailable, Unavailable(context.Request, endpoint)),
            StagedTooMuchException => (StatusCodes.Status413PayloadTooLarge, exception.Message),
            BadHttpRequestException { Source: Binding, StatusCode: StatusCodes.Status415UnsupportedMediaType } => (
                StatusCodes.Status415UnsupportedMediaType, "The body must be application/json, in UTF-8."),
            BadHttpRequestException { Source: Binding } bad => (bad.StatusCode, "The body must be a valid JSON object."),
            BadHttpRequestException bad => (bad.StatusCode, bad.Message),
            OperationCanceledException when context.RequestAborted.IsCancellationRequested => (
                StatusCodes.Status499ClientClosedRequest, "The client went away."),
            _ when RefusedStatement.Describe(exception) is not null => (
                StatusCodes.Status500InternalServerError, "The database refuses what this request makes of it; the same again fails again."),
            _ => (0, string.Empty),
        };
        if (status == 0)
        {
            return false;
        }

        if (status == StatusCodes.Status500InternalServerError)
        {
            LogRefused(context.Request.Method, (endpoint as RouteEndpoint)?.RoutePattern.RawText, RefusedStatement.Describe(exception)!, exception.StackTrace);
        }

        context.Response.StatusCode = status;
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = "1";
        }

        var field = exception is BadHttpRequestException { InnerException: JsonException json }
            ? ExpectedJson.Find(json, endpoint?.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType, context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions)
            : null;
        var details = field is var (name, problem)
            ? new HttpValidationProblemDetails(new Dictionary<string, string[]>(StringComparer.Ordinal) { [name] = [problem] })
            : new ProblemDetails { Detail = detail };
        details.Status = status;
        await TypedResults.Problem(details).ExecuteAsync(context); // also for who does not accept JSON: it is handled, and no error for the log
        return true;
    }

    /// <summary>
    /// A commit whose confirmation did not come may be done or not, and nobody can tell in time. Only who repeats the request under the same
    /// key is sure of one effect, so the answer says so.
    /// </summary>
    private static string Unavailable(HttpRequest request, Endpoint? endpoint) =>
        HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)
            ? "The database does not answer at the moment. Please try again."
            : "The database did not answer in time: the request may have been carried out, or not. " + (request switch
            {
                _ when !HttpMethods.IsPost(request.Method) => "Send it again: done twice, it has the same effect.",
                _ when OwnCommit.Of(endpoint) == OwnCommit.ByHand => "Look whether it was before you send it again.", // it takes no key
                _ when IdempotencyKey.IsIn(request) =>
                    "Send it again with the same Idempotency-Key: nothing is done twice.",
                _ => "Sent again, it may be done twice; with an Idempotency-Key header from the first time on it is not.",
            });

    // Not the exception itself: a driver's may repeat what was sent.
    [LoggerMessage(LogLevel.Error, "{Method} {Route}: the database refuses a statement, which no retry can mend: {Error}\n{StackTrace}")]
    private partial void LogRefused(string method, string? route, string error, string? stackTrace);
}
