using Messaging.Outbox.Control;
using Messaging.Outbox.DeadLetters;
using Messaging.Outbox.Schedules;
using Messaging.Outbox.Tasks;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Hosting;

/// <summary>Registers the interfaces that an application injects, and can replace by fakes in its tests.</summary>
internal static class ControlServices
{
    public static void AddControlServices(this IServiceCollection services)
    {
        services.AddScoped<IBackgroundTasks>(provider => provider.GetRequiredService<BackgroundTasks>());
        services.AddScoped<ITaskContext>(provider => provider.GetRequiredService<TaskContext>());
        services.AddScoped<ITaskControl>(provider => provider.GetRequiredService<TaskControl>());
        services.AddScoped<IDeadLetterControl>(provider => provider.GetRequiredService<DeadLetterControl>());
        services.AddScoped<IQueueControl>(provider => provider.GetRequiredService<QueueControl>());
        services.AddScoped<ITaskSchedules>(provider => provider.GetRequiredService<TaskSchedules>());
    }
}
