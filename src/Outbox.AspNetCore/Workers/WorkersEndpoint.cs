using Messaging.Outbox.AspNetCore.Http;
using Messaging.Outbox.Overview;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.AspNetCore.Workers;

/// <summary><c>GET /workers</c>: the processes that are alive, and what each of them does.</summary>
internal static class WorkersEndpoint
{
    public static void MapWorkers(this IEndpointRouteBuilder routes) => routes.MapGet("/workers", HandleAsync)
        .WithName("ListWorkers")
        .WithTags("Workers")
        .WithSummary("The processes that are alive, by name, in pages")
        .WithDescription("Each process reports every few seconds. One that stops leaves at once; one that dies is shown for some seconds more.")
        .ProducesValidationProblem()
        .RequireRead()
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<Ok<NamedPage<WorkerView>>> HandleAsync(
        [AsParameters] PageByName page, SharedAnswers shared, CancellationToken cancellationToken) =>
        TypedResults.Ok(await shared.GetAsync("workers", page, (services, token) => ReadAsync(page, services, token), cancellationToken));

    private static async Task<NamedPage<WorkerView>> ReadAsync(PageByName page, IServiceProvider services, CancellationToken cancellationToken)
    {
        var found = page.Of(await services.GetRequiredService<IProcessStore>().ListAsync(cancellationToken), process => process.Name);
        var running = await services.GetRequiredService<RunningTaskReader>().FindAsync([.. found.Items.SelectMany(WorkerView.TasksOf)], cancellationToken);
        return new NamedPage<WorkerView>([.. found.Items.Select(process => WorkerView.Of(process, running))], found.Next);
    }
}
