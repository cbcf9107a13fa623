using Messaging.Api.Access;
using Messaging.Api.Masking;
using Messaging.Api.RateLimits;
using Messaging.ServiceDefaults.Hosting;
using Messaging.ServiceDefaults.Settings;

namespace Messaging.Api.Tasks;

/// <summary>
/// <c>/tasks</c>: whoever knows a task's id may follow it, since nobody can guess one; everything else is for operators.
/// </summary>
internal static class TasksModule
{
    public static void AddTasks(this WebApplicationBuilder builder)
    {
        builder.Services.AddSettings<EventStreamOptions>("EventStreams");
        builder.Services.AddSingleton<EventStreamSlots>();
        builder.Services.AddSingleton<TaskKinds>();
        builder.Services.AddSingleton<AnonymousEvents>();
    }

    public static void MapTasks(this IEndpointRouteBuilder routes)
    {
        var own = routes.MapGroup("/tasks/{id:guid}").WithTags("Tasks").MasksAddresses().LimitsAnonymous(RateLimitPolicies.Reads);
        own.MapGetTask();
        own.MapTaskEvents();

        var read = routes.MapGroup("/tasks").WithTags("Tasks").RequireRead();
        read.MapListTasks();
        read.MapAllTaskEvents();

        var operate = routes.MapGroup("/tasks/{id:guid}").WithTags("Tasks").RequireOperate();
        operate.MapTaskControl();
    }
}
