using System.Text.Json;
using Messaging.Outbox.AspNetCore.Requests;
using Messaging.Outbox.Store;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Options;
using ProblemDetails = Microsoft.AspNetCore.Mvc.ProblemDetails;

namespace Messaging.Outbox.AspNetCore.Http;

/// <summary>Converts exceptions of routes to problem details; unknown exceptions stay a 500 without details.</summary>
internal sealed partial class ProblemExceptionHandler(ILogger<ProblemExceptionHandler> logger) : IExceptionHandler
{
    /// <summary>The source of exceptions whose messages contain the names of our types.</summary>
    private const string Binding = "Microsoft.AspNetCore.Http.Extensions";

    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        var endpoint = context.Features.Get<IExceptionHandlerFeature>()?.Endpoint; // the context no longer has it
        if (Describe(exception, context, endpoint) is not var (status, detail))
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
        try
        {
            await TypedResults.Problem(details).ExecuteAsync(context); // also for clients that do not accept JSON, so that the exception counts as handled
        }
        catch (Exception closed) when (ClosedConnection.Caused(closed) || (closed is OperationCanceledException && context.RequestAborted.IsCancellationRequested))
        {
            // The client closed the connection and gets no answer: no error of the service.
        }

        return true;
    }

    /// <returns>Null for an exception that nobody knows.</returns>
    private static (int Status, string Detail)? Describe(Exception exception, HttpContext context, Endpoint? endpoint) => exception switch
    {
        StoreUnavailableException { IsConflict: true } => (
            StatusCodes.Status503ServiceUnavailable, "Another request changes the same at this moment, so nothing was done. Please repeat it."),
        StoreUnavailableException => (StatusCodes.Status503ServiceUnavailable, Unavailable(context.Request, endpoint)),
        UnitOfWorkTooLargeException => (StatusCodes.Status413PayloadTooLarge, exception.Message),
        BadHttpRequestException { Source: Binding, StatusCode: StatusCodes.Status415UnsupportedMediaType } => (
            StatusCodes.Status415UnsupportedMediaType, "The body must be application/json, in UTF-8."),
        BadHttpRequestException { Source: Binding } bad => (bad.StatusCode, "The body must be a valid JSON object."),
        BadHttpRequestException bad => (bad.StatusCode, bad.Message),
        OperationCanceledException when context.RequestAborted.IsCancellationRequested => (
            StatusCodes.Status499ClientClosedRequest, "The client closed the connection."),
        _ when RefusedStatement.Describe(exception) is not null => (
            StatusCodes.Status500InternalServerError, "The database rejects this request; repeating it fails again."),
        _ => null,
    };

    /// <summary>
    /// If a commit was not confirmed, its outcome is unknown. Only a repetition with the same key is certain to have one effect,
    /// so the response explains that.
    /// </summary>
    private static string Unavailable(HttpRequest request, Endpoint? endpoint) =>
        HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)
            ? "The database is unavailable. Please try again later."
            : "The database did not answer in time: it is unknown whether the request was carried out. " + (request switch
            {
                _ when !HttpMethods.IsPost(request.Method) => "Repeat it: it is idempotent.",
                _ when OwnCommit.Of(endpoint) == OwnCommit.ByHand => "Check whether it was before you repeat it.", // it does not support a key
                _ when IdempotencyKey.IsIn(request) =>
                    "Repeat it with the same Idempotency-Key: it is carried out only once.",
                _ => "If it is repeated, it may be carried out twice; use an Idempotency-Key header from the first request on to prevent that.",
            });

    // Not the exception itself: a driver's message may contain values of the request.
    [LoggerMessage(
        EventId = 2010, EventName = "StatementRejected", Level = LogLevel.Error,
        Message = "{Method} {Route}: the database rejects a statement, and a retry would fail too; correct the handler: {Error}\n{StackTrace}")]
    private partial void LogRefused(string method, string? route, string error, string? stackTrace);
}
