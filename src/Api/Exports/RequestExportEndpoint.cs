using Messaging.Outbox.AspNetCore;
using Messaging.Contracts;
using Messaging.Outbox;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Api.Exports;

/// <summary><c>POST /exports</c>: stores the export and its task, which have the same id.</summary>
internal static class RequestExportEndpoint
{
    public static void MapRequestExport(this IEndpointRouteBuilder routes) => routes.MapPost("", HandleAsync)
        .WithName("RequestExport")
        .WithSummary("Exports the activity log as a CSV file")
        .WithDescription(
            "A worker writes it in parts. GET /tasks/{id} shows its progress, POST /tasks/{id}/cancel cancels it, and GET /exports/{id} with the same id returns the link to the file.")
        .TakesJson("""{ "from": "2026-05-01T00:00:00Z", "before": "2026-06-01T00:00:00Z" }""");

    private static Accepted<TaskAccepted> HandleAsync(
        ExportRequest? request, HttpContext http, IBackgroundTasks tasks, IUnitOfWork unit, StoreClock time)
    {
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        unit.Execute("INSERT INTO exports (id, created_at) VALUES ($1, $2)", id, now);
        unit.Audit(http, "export.request", id.ToString());
        tasks.Add(new ExportRequested { ExportId = id, From = request?.From?.Value, Before = request?.Before?.Value ?? now }, id);
        return TaskAccepted.At(id);
    }
}
