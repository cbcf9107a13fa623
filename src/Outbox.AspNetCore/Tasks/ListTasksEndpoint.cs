using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.AspNetCore.Tasks;

/// <summary><c>GET /tasks</c>.</summary>
internal static class ListTasksEndpoint
{
    public static void MapListTasks(this IEndpointRouteBuilder routes) => routes.MapGet("", HandleAsync)
        .WithName("ListTasks")
        .WithSummary("Tasks, newest first")
        .WithDescription(
            """
            A page searches a bounded number of tasks, so that it answers at once however many there are: it may hold fewer items than asked for,
            also none. 'searchedTo' says how far back it has searched; go on with 'after' as long as 'next' is not null. Tasks that need attention
            (states other than Queued and Succeeded) are searched among their own, 2,000 a page, and those of a sampled trace among those of the
            trace; those with a 'key' are found by it, and 2,000 a page are compared with the other conditions; others among all tasks of the time between 'createdFrom' and 'createdBefore', 20,000 a page.
            With 'why' each task that has not ended says why it is not running.
            """)
        .ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<Ok<Page<ListedTask>>> HandleAsync(
        [AsParameters] TaskFilter filter, [AsParameters] TaskPage page, ITaskStore tasks, ITaskReasons reasons, CancellationToken cancellationToken)
    {
        var found = await tasks.ListAsync(filter.ToQuery() with { Limit = page.Size(), After = page.After }, cancellationToken);
        var known = page.Why == true
            ? await reasons.FindAllAsync([.. found.Items.Where(task => !ListedTask.HasEnded(task))], cancellationToken)
            : new Dictionary<Guid, TaskReason>();
        return TypedResults.Ok(new Page<ListedTask>([.. found.Items.Select(task => ListedTask.Of(task, known.GetValueOrDefault(task.Id)))], found.Next));
    }
}
