using Messaging.Outbox.AspNetCore.Http;
using Messaging.Outbox.AspNetCore;
using Messaging.Api.Register;
using Messaging.Contracts;
using Messaging.Outbox;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Api.Passwords;

/// <summary>
/// <c>POST /password/forgot</c>: enqueues the task of mailing a link. It looks nothing up, so neither the answer nor its time
/// reveals whether the address is registered. The answer has no task id, because the task's duration would reveal it.
/// </summary>
internal static class ForgotPasswordEndpoint
{
    private static readonly ForgotPasswordAccepted Answer = new("If the address is registered, a mail is on its way.");

    public static void MapForgotPassword(this IEndpointRouteBuilder routes) => routes.MapPost("/password/forgot", HandleAsync)
        .LimitsAnonymous(RateLimitPolicies.Accounts)
        .WithName("ForgotPassword")
        .WithTags("Passwords")
        .WithSummary("Mails a link that sets a new password")
        .WithDescription("The answer is the same for an address that is not registered, and for one that has reached its mail limit.")
        .TakesFields<ForgotPasswordRequest>();

    private static async Task<Results<Accepted<ForgotPasswordAccepted>, ValidationProblem, ProblemHttpResult>> HandleAsync(
        HttpRequest http, AddressLimits limits, BackgroundTasks tasks, StoreClock time)
    {
        var fields = await RequestFields.ReadAsync(http);
        if (ForgotPasswordRequest.From(fields) is not { } request)
        {
            return TypedResults.ValidationProblem(fields.Errors);
        }

        if (limits.Refusal(http.HttpContext, request.Email) is { } refusal)
        {
            return refusal;
        }

        tasks.Add(new PasswordForgotten { Email = request.Email, RequestedAt = time.GetUtcNow() });
        return TypedResults.Accepted(uri: (string?)null, Answer);
    }
}

/// <summary>Whose password was forgotten.</summary>
/// <param name="Email">The address that was registered.</param>
internal sealed record ForgotPasswordRequest(string Email)
{
    /// <returns>Null when a field is wrong; the fields know which and why.</returns>
    public static ForgotPasswordRequest? From(RequestFields fields) =>
        EmailAddress.From(fields) is { } email ? new ForgotPasswordRequest(email) : null;
}

/// <summary>The answer, always the same.</summary>
/// <param name="Message">What it means.</param>
internal sealed record ForgotPasswordAccepted(string Message);
