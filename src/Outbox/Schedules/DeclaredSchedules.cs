using System.Text.Json;
using Messaging.Outbox.Schedules;
using Messaging.Outbox.Tasks;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox;

/// <summary>Declares schedules in code, such as a nightly clean-up.</summary>
public static class DeclaredSchedulesExtensions
{
    /// <summary>
    /// Declares a schedule. A process that runs schedules creates it at its start, unless a schedule of that name exists; from
    /// then on operators can change or pause it. A deleted schedule is created again at the next start. An invalid definition
    /// stops the process at its start.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="name">1 to 100 of a-z, 0-9, <c>.</c>, <c>_</c> and <c>-</c>.</param>
    /// <param name="cron">Five fields, or six with the second before them.</param>
    /// <param name="message">The message that is enqueued at each due time. Its type need not be registered as a task type.</param>
    /// <param name="timeZone">The IANA id of the expression's time zone.</param>
    public static IServiceCollection AddSchedule<T>(
        this IServiceCollection services, string name, string cron, T message, string timeZone = "UTC")
        where T : class =>
        services.AddSingleton(new ScheduledTaskType(name, typeof(T))).AddSingleton(new DeclaredSchedule(new ScheduleDefinition
        {
            Name = name,
            Cron = cron,
            TimeZone = timeZone,
            Type = typeof(T).Name,
            Message = JsonSerializer.SerializeToElement(message, TaskTypes.Json),
        }));
}
