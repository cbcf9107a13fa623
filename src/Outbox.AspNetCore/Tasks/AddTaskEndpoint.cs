using Messaging.Outbox.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.AspNetCore.Tasks;

/// <summary><c>POST /tasks</c>: hands any known task on, by the name of its type.</summary>
internal static class AddTaskEndpoint
{
    private const string Example =
        """
        {
          "type": "LogRequested",
          "message": { "level": "Information", "message": "order placed", "loggedAt": "2026-05-04T12:00:00Z" },
          "kind": "Remind",
          "delay": "00:05:00",
          "then": [
            { "type": "LogRequested", "message": { "level": "Information", "message": "reminded", "loggedAt": "2026-05-04T12:05:00Z" } }
          ]
        }
        """;

    public static void MapAddTask(this IEndpointRouteBuilder routes)
    {
        // What only reads.
        var read = routes.MapGroup("/tasks").WithTags("Tasks").RequireRead();
        read.MapGet("/types", (TaskTypes types) => TypedResults.Ok(types.Names))
            .WithName("GetTaskTypes")
            .WithSummary("The types of tasks that can be handed on by name");

        // What hands work on.
        var operate = routes.MapGroup("/tasks").WithTags("Tasks").RequireOperate();
        operate.MapPost("/", HandleAsync)
            .WithName("AddTask")
            .WithSummary("Hands a task on")
            .WithDescription("At once, after a delay or at a time; once for a key; and what is to follow it. Who did it is in the audit.")
            .TakesJson<AddTaskBody>(Example);
    }

    private static async Task<Results<Accepted<TasksAccepted>, ValidationProblem>> HandleAsync(
        HttpRequest http, BackgroundTasks tasks, IUnitOfWork unit, TaskTypes types, StoreClock time, CancellationToken cancellationToken)
    {
        var fields = await JsonFields.ReadAsync(http, AddTaskRequest.Names);
        if (AddTaskRequest.From(fields, types, time.GetUtcNow()) is not { } request)
        {
            return TypedResults.ValidationProblem(fields.Errors);
        }

        if (request.Unique is var (key, window))
        {
            var id = await request.Message.AddUniqueToAsync(tasks, key, window, request.Kind, request.Delay, request.RunAt, cancellationToken);
            unit.Audit(http.HttpContext, "task.add", id.ToString());
            return Accepted(id, []);
        }

        var first = request.Message.AddTo(tasks, kind: request.Kind, delay: request.Delay, runAt: request.RunAt);
        var (last, following) = (first, new List<Guid>());
        foreach (var (message, kind) in request.Then)
        {
            last = message.AddAfter(last, kind);
            following.Add(last.Id);
        }

        unit.Audit(http.HttpContext, "task.add", first.Id.ToString());
        return Accepted(first.Id, following);
    }

    private static Accepted<TasksAccepted> Accepted(Guid id, IReadOnlyList<Guid> following) =>
        TypedResults.Accepted($"/tasks/{id}", new TasksAccepted(id, following));
}
