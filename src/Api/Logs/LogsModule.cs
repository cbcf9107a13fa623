using Messaging.Outbox.AspNetCore;
using Messaging.Api.Logs.AccessLog;
using Messaging.Contracts;
using Messaging.ServiceDefaults.Settings;

namespace Messaging.Api.Logs;

/// <summary>The activity log: appending to it requires no key, reading it does.</summary>
internal static class LogsModule
{
    public static void AddLogs(this WebApplicationBuilder builder)
    {
        builder.Services.AddSettings<LogIntakeOptions>("Logs", isPart: true);
        builder.Services.AddTaskKind(nameof(LogRequested), TaskDisclosure.Course);
        builder.AddAccessLog();
    }

    public static void MapLogs(this IEndpointRouteBuilder routes)
    {
        routes.MapLog();

        var read = routes.MapGroup("/logs").WithTags("Logs").RequireRead();
        read.MapReadLogs();
    }
}
