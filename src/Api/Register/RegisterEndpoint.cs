using Messaging.Api.Http;
using Messaging.Api.Tasks;
using Messaging.Contracts;
using Messaging.Outbox;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Api.Register;

/// <summary>
/// <c>POST /register</c>: stores the user and the task of welcoming them in one transaction, and answers. Nobody learns
/// from the answer, its time, or its task whether the address was registered before.
/// </summary>
internal static class RegisterEndpoint
{
    private const string Kind = "Register";

    public static void MapRegister(this IEndpointRouteBuilder routes) => routes.MapPost("/register", HandleAsync)
        .WithName("Register")
        .WithTags("Register")
        .WithSummary("Registers an e-mail address")
        .WithDescription("The welcome mail is sent by a worker. The answer is the same for an address that is registered already.")
        .TakesFields<RegisterRequest>()
        .CommitsUnitOfWork();

    private static async Task<Results<Accepted<TaskAccepted>, ValidationProblem>> HandleAsync(
        HttpRequest http, BackgroundTasks tasks, IUnitOfWork unit, TimeProvider time)
    {
        var fields = await RequestFields.ReadAsync(http);
        if (RegisterRequest.From(fields) is not { } request)
        {
            return TypedResults.ValidationProblem(fields.Errors);
        }

        var now = time.GetUtcNow();
        var userId = Guid.CreateVersion7();
        var taskId = Guid.CreateVersion7();
        var insert = unit.Execute(
            "INSERT INTO users (id, email, display_name, registered_at) VALUES ($1, $2, $3, $4) ON CONFLICT (email) DO NOTHING",
            userId,
            request.Email,
            request.DisplayName,
            now);

        // Which of the two happened is known only inside the transaction, and only one of them is stored.
        tasks.Add(
            new UserRegistered { UserId = userId, Email = request.Email, DisplayName = request.DisplayName, RegisteredAt = now },
            taskId,
            Kind,
            onlyIf: insert.Affected);
        tasks.Add(
            new RegistrationRepeated { Email = request.Email, RepeatedAt = now },
            taskId,
            Kind,
            onlyIf: insert.AffectedNothing);

        return TaskAccepted.At(taskId);
    }
}
