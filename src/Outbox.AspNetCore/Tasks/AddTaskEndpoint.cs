using Messaging.Outbox.AspNetCore.Access;
using Messaging.Outbox.Audit;
using Messaging.Outbox.Tasks;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.AspNetCore.Tasks;

/// <summary><c>POST /tasks</c>: enqueues a task by the name of its type.</summary>
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
        // Reads.
        var read = routes.MapGroup("/task-types").WithTags("Tasks").RequireRead();
        read.MapGet("", (TaskTypes types) => TypedResults.Ok(types.Names))
            .WithName("GetTaskTypes")
            .WithSummary("The task types that can be enqueued by name");
        read.MapGet("/{name}", FindType)
            .WithName("GetTaskType")
            .WithSummary("A task type, with a message to begin with")
            .WithDescription("The message has every member that POST /tasks takes: numbers are 0, strings and lists are empty, what may be null is null, times are now.")
            .ProducesProblem(StatusCodes.Status404NotFound);

        // Changes.
        var operate = routes.MapGroup("/tasks").WithTags("Tasks").RequireOperate().WithMetadata(new LeavesReadings());
        operate.MapPost("/", HandleAsync)
            .WithName("AddTask")
            .WithSummary("Enqueues a task")
            .WithDescription("At once, after a delay or at a time; optionally with a unique key, and with tasks that follow it. The audit log records who did it.")
            .TakesJson(Example);
    }

    private static Results<Ok<TaskTypeView>, ProblemHttpResult> FindType(string name, TaskTypes types, StoreClock time) =>
        types.ExampleOf(name, time.GetUtcNow()) is { } example
            ? TypedResults.Ok(new TaskTypeView(name, example))
            : TypedResults.Problem($"There is no task type {name}; GET /task-types lists those that are.", statusCode: StatusCodes.Status404NotFound);

    private static async Task<Accepted<TasksAccepted>> HandleAsync(
        AddTaskBody body, HttpContext http, IBackgroundTasks tasks, IUnitOfWork unit, TaskTypes types, CancellationToken cancellationToken)
    {
        var (delay, runAt) = (body.Delay?.Value, body.RunAt?.Value);
        if (body.Unique is { } unique)
        {
            var id = await body.Read(types).AddUniqueToAsync(tasks, unique.Key!, unique.Window!.Value.Value, body.Kind, delay, runAt, cancellationToken);
            unit.Audit(http, AuditActions.AddTask, id.ToString());
            return Accepted(id, []);
        }

        var first = body.Read(types).AddTo(tasks, kind: body.Kind, delay: delay, runAt: runAt);
        var (last, following) = (first, new List<Guid>());
        foreach (var next in body.Then ?? [])
        {
            last = next!.Read(types).AddAfter(last, next.Kind);
            following.Add(last.Id);
        }

        unit.Audit(http, AuditActions.AddTask, first.Id.ToString());
        return Accepted(first.Id, following);
    }

    private static Accepted<TasksAccepted> Accepted(Guid id, IReadOnlyList<Guid> following) =>
        TypedResults.Accepted($"/tasks/{id}", new TasksAccepted(id, following));
}
