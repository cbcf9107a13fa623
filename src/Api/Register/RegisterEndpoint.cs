using Messaging.Outbox.AspNetCore;
using Messaging.Contracts;
using Messaging.Outbox;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Api.Register;

/// <summary>
/// <c>POST /register</c>: stores the user and the tasks in one transaction. Neither the answer, its time nor its task reveals
/// whether the address was registered before (<see cref="TaskDisclosure.UntilDue"/>).
/// </summary>
internal static class RegisterEndpoint
{
    public const string Kind = "Register";

    public static void MapRegister(this IEndpointRouteBuilder routes) => routes.MapPost("/register", HandleAsync)
        .LimitsAnonymous(RateLimitPolicies.Accounts)
        .WithName("Register")
        .WithTags("Register")
        .WithSummary("Registers an e-mail address")
        .WithDescription(
            "A worker sends the welcome mail. The answer is the same for an address that is already registered. Without an access key the task "
            + "is shown as Succeeded as soon as the mail is due, so that it does not reveal whether a mail was sent.")
        .TakesFields<RegisterRequest>();

    private static async Task<Results<Accepted<TaskAccepted>, ProblemHttpResult>> HandleAsync(
        RegisterRequest request, HttpContext http, AddressLimits limits, IBackgroundTasks tasks, IUnitOfWork unit, StoreClock time)
    {
        var email = EmailAddress.Normalize(request.Email!)!;
        if (limits.Refusal(http, email) is { } refusal)
        {
            return refusal;
        }

        var now = time.GetUtcNow();
        var userId = time.NewId();
        var taskId = time.NewId();
        var insert = unit.Execute(
            "INSERT INTO users (id, email, display_name, registered_at) VALUES ($1, $2, $3, $4) ON CONFLICT (email) DO NOTHING",
            userId,
            email,
            request.DisplayName,
            now);

        // Three tasks in this order: the log entry, the mail, the cache. Which of the two mails applies is known only inside the
        // transaction, and only that one is stored. Everything else is the same, so that the tasks do not reveal it.
        var log = tasks.Add(Entry(taskId, now));
        var welcome = log.Then(
            new UserRegistered { UserId = userId, Email = email, DisplayName = request.DisplayName, RegisteredAt = now },
            Kind,
            taskId,
            onlyIf: insert.Affected);
        var repeated = log.Then(
            new RegistrationRepeated { Email = email, RepeatedAt = now }, Kind, taskId, onlyIf: insert.AffectedNothing);
        tasks.WhenAll(welcome, repeated).Then(new CacheRefreshRequested { UserId = userId });

        return TaskAccepted.At(taskId);
    }

    private static LogRequested Entry(Guid taskId, DateTimeOffset now) => new()
    {
        Level = LogSeverity.Information,
        Message = "registration accepted",
        Properties = new Dictionary<string, string>(StringComparer.Ordinal) { ["task"] = taskId.ToString() },
        LoggedAt = now,
        Source = LogSource.Service,
    };
}
