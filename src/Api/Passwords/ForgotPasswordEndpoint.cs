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

    private static async Task<Results<Accepted<ForgotPasswordAccepted>, ProblemHttpResult>> HandleAsync(
        ForgotPasswordRequest request, HttpContext http, AddressLimits limits, IBackgroundTasks tasks, StoreClock time)
    {
        var email = EmailAddress.Normalize(request.Email!)!;
        if (limits.Refusal(http, email) is { } refusal)
        {
            return refusal;
        }

        tasks.Add(new PasswordForgotten { Email = email, RequestedAt = time.GetUtcNow() });
        return TypedResults.Accepted(uri: (string?)null, Answer);
    }
}

/// <summary>The answer, always the same.</summary>
/// <param name="Message">What it means.</param>
internal sealed record ForgotPasswordAccepted(string Message);
