using Messaging.Outbox.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.AspNetCore.Tasks;

/// <summary><c>GET /tasks</c>.</summary>
internal static class ListTasksEndpoint
{
    private static readonly string[] Parameters = ["state", "kind", "queue", "createdFrom", "createdBefore", "error", "limit", "after"];

    public static void MapListTasks(this IEndpointRouteBuilder routes) => routes.MapGet("", HandleAsync)
        .WithName("ListTasks")
        .WithSummary("Tasks, newest first")
        .WithDescription(
            """
            A page searches a bounded number of tasks, so that it answers at once however many there are: it may hold fewer items than asked for,
            also none. 'searchedTo' says how far back it has searched; go on with 'after' as long as 'next' is not null. Tasks that need attention
            (states other than Queued and Succeeded) are searched among their own, 2,000 a page; others among all tasks of the time between
            'createdFrom' and 'createdBefore', 20,000 a page.
            """)
        .TakesQuery(
            ("state", "One or more states, with commas between.", "Failed,Retrying"),
            ("kind", "The kind.", "Register"),
            ("queue", "The queue.", "user-registered"),
            ("createdFrom", "Stored at this time or later.", "2026-11-24T12:00:00Z"),
            ("createdBefore", "Stored before this time.", null),
            ("error", "A text that the last error contains.", "timeout"),
            ("limit", "Items of a page, 1 to 200; default 50.", null),
            ("after", "'next' of the page before.", null))
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<Results<Ok<Page<TaskRecord>>, ValidationProblem>> HandleAsync(
        HttpRequest http, ITaskStore tasks, CancellationToken cancellationToken)
    {
        var fields = new QueryFields(http, Parameters);
        var query = new TaskQuery
        {
            States = fields.Names<TaskState>("state"),
            Kind = fields.Text("kind"),
            Queue = fields.Text("queue"),
            CreatedFrom = fields.Time("createdFrom"),
            CreatedBefore = fields.Time("createdBefore"),
            Error = fields.Text("error"),
            Limit = fields.Number("limit", otherwise: 50, min: 1, max: 200),
            After = fields.Id("after"),
        };
        return fields.Errors.Count == 0
            ? TypedResults.Ok(await tasks.ListAsync(query, cancellationToken))
            : TypedResults.ValidationProblem(fields.Errors);
    }
}
