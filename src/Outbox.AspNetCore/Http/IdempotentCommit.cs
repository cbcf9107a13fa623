using Messaging.Outbox.Idempotency;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.AspNetCore.Http;

/// <summary>
/// Runs a request that has a key. If it was answered before, it gets the same response. Otherwise the handler runs, and its
/// staged work is committed together with its response. Two concurrent requests both run and stage; one of them commits, and both
/// get its response. The same applies to a route that streams its body, because the body is unknown before the handler has read
/// it.
/// </summary>
internal static class IdempotentCommit
{
    public static async Task<object?> RunAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var requests = http.RequestServices.GetRequiredService<IdempotentRequests>();
        var key = await IdempotencyKey.ReadAsync(http.Request);
        if (key.RequestHash is not null && await requests.FindAsync(key.Scope, http.RequestAborted) is { } before)
        {
            return Again(before, key);
        }

        var result = await next(context);
        if (RequestOutcome.IsError(result, http))
        {
            return result;
        }

        key = key.After(http);
        var answer = await CapturedAnswer.OfAsync(result, http, key.RequestHash!);
        var first = await requests.TryCommitAsync(key.Scope, answer, http.RequestAborted);
        return first is null ? new StoredAnswerResult(answer, Replayed: false) : Again(first, key);
    }

    private static IResult Again(StoredAnswer before, IdempotencyKey key) => before.RequestHash == key.RequestHash
        ? new StoredAnswerResult(before, Replayed: true)
        : OtherRequest();

    private static ProblemHttpResult OtherRequest() => TypedResults.Problem(
        $"This {IdempotencyKey.HeaderName} was used for a request with another body or query string.",
        statusCode: StatusCodes.Status422UnprocessableEntity);
}

/// <summary>A stored response; the first one and its repetitions are written by the same code.</summary>
internal sealed record StoredAnswerResult(StoredAnswer Answer, bool Replayed) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Answer.Status;
        response.Headers.Location = Answer.Location;
        response.ContentType = Answer.ContentType;
        if (Replayed)
        {
            response.Headers[IdempotencyHeaders.Replayed] = "true";
        }

        if (Answer.Body.Length > 0)
        {
            await response.WriteAsync(Answer.Body, httpContext.RequestAborted);
        }
    }
}
