using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Infrastructure;

namespace Messaging.Outbox.AspNetCore;

/// <summary>The outcome of a request, for a filter around it.</summary>
public static class RequestOutcome
{
    /// <summary>Whether the response is an error, either returned or written by the handler.</summary>
    public static bool IsError(object? result, HttpContext http) => result switch
    {
        INestedHttpResult nested => IsError(nested.Result, http),
        IStatusCodeHttpResult { StatusCode: { } status } => status >= StatusCodes.Status400BadRequest,
        IStatusCodeActionResult { StatusCode: { } status } => status >= StatusCodes.Status400BadRequest, // of a controller
        ObjectResult { Value: ProblemDetails { Status: { } status } } => status >= StatusCodes.Status400BadRequest, // it takes the status of its value
        ForbidResult or ChallengeResult or ForbidHttpResult or ChallengeHttpResult => true, // the scheme sets the status
        _ => http.Response.StatusCode >= StatusCodes.Status400BadRequest,
    };

    /// <summary>Whether it is the stored response of an earlier request with the same <c>Idempotency-Key</c>.</summary>
    public static bool IsReplay(object? result) => result is Http.StoredAnswerResult { Replayed: true };
}
