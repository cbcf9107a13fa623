using System.Security.Cryptography;
using System.Text;
using Messaging.Outbox.AspNetCore;
using Messaging.Contracts;
using Messaging.Outbox;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Api.Passwords;

/// <summary>
/// <c>POST /password/reset</c>: sets a password by a link, once. One transaction invalidates the link and the user's other links,
/// sets the password, confirms the address and enqueues the notification.
/// </summary>
internal static class ResetPasswordEndpoint
{
    private const string Example =
        """{ "token": "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU", "password": "correct horse battery staple" }""";

    public static void MapResetPassword(this IEndpointRouteBuilder routes) => routes.MapPost("/password/reset", HandleAsync)
        .LimitsAnonymous(RateLimitPolicies.Accounts)
        .WithName("ResetPassword")
        .WithTags("Passwords")
        .WithSummary("Sets a password by a link that was mailed")
        .WithDescription($"A link works once. The header {IdempotencyHeaders.Key} is not supported here: a fast hash of the password would be stored with it.")
        .TakesJson(Example)
        .CommitsByHand();

    private static async Task<Results<NoContent, ValidationProblem, ProblemHttpResult>> HandleAsync(
        ResetPasswordRequest request,
        HttpContext http,
        IUnitOfWork unit,
        IStoreReader reader,
        PasswordHashing hashing,
        IBackgroundTasks tasks,
        StoreClock time)
    {
        if (http.Request.Headers.ContainsKey(IdempotencyHeaders.Key))
        {
            return TypedResults.Problem(
                $"{IdempotencyHeaders.Key} is not supported here: a link works only once anyway.", statusCode: StatusCodes.Status400BadRequest);
        }

        // Rejects an invalid link before it takes a turn, and a second use of a valid one before the password is hashed.
        var token = SHA256.HashData(Encoding.UTF8.GetBytes(request.Token!));
        if (await FindUserAsync(reader, token, time.GetUtcNow(), http.RequestAborted) is null)
        {
            return LinkIsNotValid();
        }

        var turn = await hashing.TryEnterAsync(CallerAddress.Of(http), http.RequestAborted);
        if (turn is null)
        {
            http.Response.Headers.RetryAfter = "1";
            return TypedResults.Problem("Too many passwords are being set at the moment. Please try again.", statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        Guid userId;
        string hash;
        using (turn)
        {
            if (await FindUserAsync(reader, token, time.GetUtcNow(), http.RequestAborted) is not { } user)
            {
                return LinkIsNotValid();
            }

            userId = user;
            hash = await hashing.HashAsync(request.Password!, http.RequestAborted);
        }

        return await SetAsync(unit, tasks, userId, token, hash, time.GetUtcNow(), http.RequestAborted)
            ? TypedResults.NoContent()
            : LinkIsNotValid();
    }

    /// <returns>False if the link is invalid or was used in the meantime; nothing is changed then.</returns>
    private static async Task<bool> SetAsync(
        IUnitOfWork unit, IBackgroundTasks tasks, Guid userId, byte[] token, string hash, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Updates the user first: concurrent changes of a user wait for its row, so two links of one user cannot deadlock.
        var users = await unit.QueryAsync(
            "UPDATE users SET password_hash = $2, confirmed_at = COALESCE(confirmed_at, $3) WHERE id = $1 RETURNING id",
            [userId, hash, now],
            row => row.GetGuid(0),
            cancellationToken);
        var used = await unit.QueryAsync(
            "DELETE FROM password_tokens WHERE token_hash = $1 AND expires_at > $2 RETURNING user_id",
            [token, now],
            row => row.GetGuid(0),
            cancellationToken);
        if (users.Count == 0 || used.Count == 0)
        {
            return false;
        }

        unit.Execute("DELETE FROM password_tokens WHERE user_id = $1", userId);
        tasks.Add(new PasswordChanged { UserId = userId, ChangedAt = now });
        await unit.CommitAsync(cancellationToken);
        return true;
    }

    private static async Task<Guid?> FindUserAsync(IStoreReader reader, byte[] token, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var found = await reader.QueryAsync(
            "SELECT user_id FROM password_tokens WHERE token_hash = $1 AND expires_at > $2",
            [token, now],
            row => row.GetGuid(0),
            cancellationToken);
        return found is [var userId] ? userId : null;
    }

    /// <summary>The same answer for unknown, used and expired links.</summary>
    private static ValidationProblem LinkIsNotValid() => TypedResults.ValidationProblem(
        new Dictionary<string, string[]>(StringComparer.Ordinal) { ["token"] = ["The link is no longer valid. Please request a new one."] });
}
