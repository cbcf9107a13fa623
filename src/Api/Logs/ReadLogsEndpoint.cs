using Messaging.Outbox;
using Messaging.Outbox.AspNetCore;
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
        .ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<Ok<Page<LogEntry>>> HandleAsync(
        [AsParameters] LogQuery query, IStoreReader store, HttpContext http, CancellationToken cancellationToken) =>
        TypedResults.Ok(await LogEntry.ListAsync(store, query, hidesAddresses: !http.SeesAddresses(), cancellationToken));
}
