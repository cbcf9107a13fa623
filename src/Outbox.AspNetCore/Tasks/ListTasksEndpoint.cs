using Messaging.Outbox.AspNetCore.Http;
using Messaging.Outbox.Rows;
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
        [AsParameters] TaskFilter filter, [AsParameters] TaskPage page, ITaskStore tasks, SharedAnswers shared, HttpContext http, CancellationToken cancellationToken)
    {
        var query = filter.ToQuery(http) with { Limit = page.Size(), After = page.After };
        return TypedResults.Ok(page.Why == true
            ? await shared.GetAsync("tasks", (Canonical(http.Request.Query), query.HidesAddresses), (services, token) => WithReasonsAsync(query, services, token), cancellationToken)
            : View(await tasks.ListAsync(query, cancellationToken), new Dictionary<Guid, TaskReason>()));
    }

    private static async Task<Page<ListedTask>> WithReasonsAsync(TaskQuery query, IServiceProvider services, CancellationToken cancellationToken)
    {
        var found = await services.GetRequiredService<ITaskStore>().ListAsync(query, cancellationToken);
        return View(found, await services.GetRequiredService<ITaskReasons>().FindAllAsync([.. found.Items.Where(task => !task.State.HasEnded)], cancellationToken));
    }

    private static Page<ListedTask> View(Page<TaskRecord> found, IReadOnlyDictionary<Guid, TaskReason> reasons) =>
        new([.. found.Items.Select(task => new ListedTask(task, reasons.GetValueOrDefault(task.Id)))], found.Next);

    /// <summary>The same for the same parameters in another order.</summary>
    private static string Canonical(IQueryCollection query) =>
        string.Join('&', query.Select(parameter => $"{parameter.Key.ToUpperInvariant()}={Uri.EscapeDataString(parameter.Value.ToString())}").Order(StringComparer.Ordinal));
}
