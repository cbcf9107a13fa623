using Messaging.Outbox.AspNetCore.Http;
using Messaging.Outbox.Overview;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.AspNetCore.Queues;

/// <summary><c>/queues</c>: shows the queues and changes their settings.</summary>
internal static class QueueEndpoints
{
    public static void MapQueues(this IEndpointRouteBuilder routes)
    {
        var read = routes.MapGroup("/queues").WithTags("Queues").RequireRead().ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        read.MapGet("", ListAsync).ProducesValidationProblem().WithName("ListQueues").WithSummary("Queues by name, in pages, with depth, rate, age and settings");
        read.MapGet("{name}", FindAsync).WithName("GetQueue").WithSummary("A queue, with its recent figures and the tasks that it is running")
            .ProducesProblem(StatusCodes.Status404NotFound);

        var operate = routes.MapGroup("/queues/{name}").WithTags("Queues")
            .RequireOperate()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        operate.MapPost("pause", PauseAsync).WorksWithoutReserve().WithName("PauseQueue")
            .WithSummary("Pauses a queue")
            .WithDescription("Messages that are being consumed are finished; new messages wait. Idempotent.");
        operate.MapPost("resume", ResumeAsync).WorksWithoutReserve().WithName("ResumeQueue")
            .WithSummary("Resumes a paused queue");
        operate.MapChangeQueue();
        operate.MapPurgeQueue();
    }

    public static ProblemHttpResult NoSuchQueue(string name) => TypedResults.Problem(
        $"No worker has reported a queue {name}.", statusCode: StatusCodes.Status404NotFound);

    private static async Task<Ok<NamedPage<QueueView>>> ListAsync(
        [AsParameters] PageByName page, SharedAnswers shared, CancellationToken cancellationToken)
    {
        var all = await shared.GetAsync("queues", "", (services, token) => services.GetRequiredService<IQueueStore>().ListAsync(token), cancellationToken);
        return TypedResults.Ok(page.Of(all.Select(QueueView.Of).OrderBy(queue => queue.Name, StringComparer.Ordinal), queue => queue.Name));
    }

    private static async Task<Results<Ok<QueueDetails>, ProblemHttpResult>> FindAsync(
        string name, SharedAnswers shared, CancellationToken cancellationToken) =>
        await shared.GetAsync("queue", name, (services, token) => DetailsAsync(name, services, token), cancellationToken) is { } details
            ? TypedResults.Ok(details)
            : NoSuchQueue(name);

    private static async Task<QueueDetails?> DetailsAsync(string name, IServiceProvider services, CancellationToken cancellationToken) =>
        await services.GetRequiredService<OverviewReader>().FindQueueAsync(name, cancellationToken) is var (figures, effects)
            ? new QueueDetails(figures, effects, await services.GetRequiredService<RunningTaskReader>().OfQueueAsync(name, QueueDetails.MaxTasks, cancellationToken))
            : null;

    private static async Task<Results<Ok<QueueSettings>, ProblemHttpResult>> PauseAsync(
        string name, IQueueControl queues, HttpContext http, CancellationToken cancellationToken) =>
        Answer(name, await queues.PauseAsync(name, http.Who(), cancellationToken));

    private static async Task<Results<Ok<QueueSettings>, ProblemHttpResult>> ResumeAsync(
        string name, IQueueControl queues, HttpContext http, CancellationToken cancellationToken) =>
        Answer(name, await queues.ResumeAsync(name, http.Who(), cancellationToken));

    public static Results<Ok<QueueSettings>, ProblemHttpResult> Answer(string name, QueueSettings? settings) =>
        settings is not null ? TypedResults.Ok(settings) : NoSuchQueue(name);
}
