using System.ComponentModel.DataAnnotations;
using Messaging.Outbox.AspNetCore.Requests;
using Messaging.Outbox.Schedules;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.AspNetCore.Schedules;

/// <summary>The times of a schedule that does not exist yet.</summary>
internal sealed record PreviewQuery
{
    /// <summary>The cron expression.</summary>
    [Required, Text(200)]
    public string? Cron { get; init; }

    /// <summary>The IANA time zone of the expression. Default UTC.</summary>
    [Text(64)]
    public string? TimeZone { get; init; }
}

/// <summary><c>GET /schedules/preview</c>: what an expression means, and when it would be due.</summary>
internal static class PreviewSchedule
{
    public static void MapPreview(this IEndpointRouteBuilder read) => read.MapGet("/preview", Handle)
        .WithName("PreviewSchedule")
        .WithSummary("A cron expression in words, with its next five due times")
        .ProducesValidationProblem();

    private static Results<Ok<SchedulePreview>, ValidationProblem> Handle([AsParameters] PreviewQuery query, StoreClock time)
    {
        if (query.Cron is not { } cron)
        {
            return FieldProblem.Of("cron", "is required.");
        }

        return SchedulePreview.Of(cron, query.TimeZone ?? "UTC", time.GetUtcNow(), out var errors) is { } preview
            ? TypedResults.Ok(preview)
            : FieldProblem.Of(errors);
    }
}
