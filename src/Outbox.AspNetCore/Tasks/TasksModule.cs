using Messaging.Outbox.AspNetCore.Access;

namespace Messaging.Outbox.AspNetCore.Tasks;

/// <summary>
/// <c>/tasks</c>: a caller that knows a task's id can follow the task without a key, because ids cannot be guessed. All other routes
/// require a key.
/// </summary>
internal static class TasksModule
{
    public static void AddTasks(this IServiceCollection services)
    {
        services.AddOptions<EventStreamOptions>().ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<EventStreamSlots>();
        services.AddSingleton<TaskKinds>();
        services.AddSingleton<AnonymousEvents>();
    }

    public static void MapTasks(this IEndpointRouteBuilder routes)
    {
        var own = routes.MapGroup("/tasks/{id:guid}").WithTags("Tasks").MasksAddresses().LimitsAnonymous(RateLimitPolicies.Reads);
        own.MapGetTask();
        own.MapTaskEvents();

        var read = routes.MapGroup("/tasks").WithTags("Tasks").RequireRead();
        read.MapListTasks();
        read.MapCountTasks();
        read.MapSuggestions();
        read.MapAllTaskEvents();
        routes.MapGroup("/tasks/{id:guid}").WithTags("Tasks").RequireRead().MapTaskReasons();

        var operate = routes.MapGroup("/tasks/{id:guid}").WithTags("Tasks").RequireOperate();
        operate.MapTaskControl();
        operate.MapRunAgain();
    }
}
