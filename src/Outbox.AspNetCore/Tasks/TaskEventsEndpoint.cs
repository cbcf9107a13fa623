using System.Net.ServerSentEvents;
using Messaging.Outbox.Rows;

namespace Messaging.Outbox.AspNetCore.Tasks;

/// <summary><c>GET /tasks/{id}/events</c> and <c>GET /tasks/events</c>: server-sent events, resumable by <c>Last-Event-ID</c>.</summary>
internal static class TaskEventsEndpoint
{
    private const string Description =
        "An event 'task' contains the current task; 'ping' keeps the connection alive; 'lagged' means that older changes were skipped. "
        + "States that last less than a poll (500 ms) may be skipped. Resumes after the header Last-Event-ID.";

    public static void MapTaskEvents(this IEndpointRouteBuilder routes) => routes.MapGet("/events", FollowAsync)
        .WithName("FollowTask")
        .WithSummary("Follows a task until it ends")
        .WithDescription(Description + " The stream ends with the task; a later request is answered with 204, which makes a browser stop.")
        .Produces<TaskRecord>(StatusCodes.Status200OK, "text/event-stream")
        .Produces(StatusCodes.Status204NoContent)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status429TooManyRequests)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    public static void MapAllTaskEvents(this IEndpointRouteBuilder routes) => routes.MapGet("/events", FollowAll)
        .WithName("FollowTasks")
        .WithSummary("Follows all tasks")
        .WithDescription(Description)
        .Produces<TaskRecord>(StatusCodes.Status200OK, "text/event-stream")
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<IResult> FollowAsync(
        Guid id, HttpContext http, ITaskStore tasks, ITaskFeed feed, AnonymousEvents anonymous, EventStreamSlots slots, CancellationToken cancellationToken)
    {
        if (await tasks.FindAsync(id, cancellationToken) is not { } task)
        {
            return TaskProblems.NotFound(id);
        }

        var last = EventStreams.LastEventId(http);
        if (!http.HasKey())
        {
            return anonymous.HasEnded(task) && last == anonymous.EventIdOf(task)
                ? TypedResults.NoContent()
                : EventStreams.Of(http, slots.Take(http, id), anonymous.Follow(task, last, http.RequestAborted));
        }

        return task.State.HasEnded && last == feed.EventIdOf(task)
            ? TypedResults.NoContent()
            : EventStreams.Of(http, slots.Take(http, id), Items(feed.Follow(task, last, http.RequestAborted), http));
    }

    private static IResult FollowAll(HttpContext http, ITaskFeed feed, EventStreamSlots slots) =>
        EventStreams.Of(http, slots.Take(http, task: null), Items(feed.FollowAll(EventStreams.LastEventId(http), http.RequestAborted), http));

    private static async IAsyncEnumerable<SseItem<TaskRecord?>> Items(IAsyncEnumerable<TaskEvent> events, HttpContext http)
    {
        await foreach (var change in events)
        {
            var type = change.Lagged ? "lagged" : change.Task is null ? "ping" : "task";
            yield return new SseItem<TaskRecord?>(change.Task?.For(http), type) { EventId = change.EventId };
        }
    }
}
