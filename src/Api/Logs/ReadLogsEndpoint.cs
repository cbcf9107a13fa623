using Messaging.Outbox.AspNetCore.Http;
using Messaging.Outbox;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Api.Logs;

/// <summary><c>GET /logs</c>.</summary>
internal static class ReadLogsEndpoint
{
    public static void MapReadLogs(this IEndpointRouteBuilder routes) => routes.MapGet("", HandleAsync)
        .WithName("ReadLogs")
        .WithSummary("The activity log, newest first")
        .WithDescription(
            "What was logged over POST /log (source Caller), and every request (source Access) as 'GET /tasks/{id} 200 in 3.2 ms' with its method, route, status, durationMs, "
            + "trace and user; no caller can set 'source'. A page looks at a bounded number of rows, so it may hold fewer items than asked for, also none: go on with "
            + "'after' as long as 'next' is not null.")
        .TakesQuery(
            ("level", "One or more levels, with commas between.", "Warning,Error"),
            ("source", "Who wrote it: Caller, Access (the access log), Service, or Unknown for what is older than this.", "Service"),
            ("text", "A text that the message contains.", "order"),
            ("property", "A property and its whole value, 'name:value'; given several times, all have to hold.", "route:/register"),
            ("from", "Logged at this time or later; for what is handed on over POST /tasks the time when it was.", "2026-11-24T12:00:00Z"),
            ("before", "Logged before this time.", null),
            ("limit", "Items of a page, 1 to 200; default 50.", null),
            ("after", "'next' of the page before.", null))
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<Results<Ok<Page<LogEntry>>, ValidationProblem>> HandleAsync(
        HttpContext http, IStoreReader store, CancellationToken cancellationToken)
    {
        var fields = new QueryFields(http.Request, LogQuery.Parameters);
        if (LogQuery.From(fields) is not { } query)
        {
            return TypedResults.ValidationProblem(fields.Errors);
        }

        return TypedResults.Ok(await LogEntry.ListAsync(store, query, cancellationToken));
    }
}
