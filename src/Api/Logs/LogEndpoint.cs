using Messaging.Outbox.AspNetCore;
using Messaging.Contracts;
using Messaging.Outbox;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Api.Logs;

/// <summary><c>POST /log</c>: enqueues a task that appends to the activity log.</summary>
internal static class LogEndpoint
{
    public static void MapLog(this IEndpointRouteBuilder routes) => routes.MapPost("/log", HandleAsync)
        .LimitsAnonymous(RateLimitPolicies.Logs)
        .WithName("Log")
        .WithTags("Logs")
        .WithSummary("Appends to the activity log")
        .WithDescription("A worker writes the entry.")
        .TakesFields<LogRequest>();

    private static Accepted<TaskAccepted> HandleAsync(
        LogRequest request, IBackgroundTasks tasks, StoreClock time)
    {
        var now = time.GetUtcNow();
        var task = tasks.Add(
            new LogRequested { Level = request.Level ?? LogSeverity.Information, Message = request.Message!, Properties = request.Properties ?? [], LoggedAt = now },
            Guid.CreateVersion7(now)); // the entry gets this id, so that GET /logs finds it by its time
        return TaskAccepted.At(task.Id);
    }
}
