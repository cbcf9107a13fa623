using System.Text.Json;
using Messaging.Outbox.Schedules;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox;

/// <summary>Schedules that the code brings along, such as a clean-up of every night.</summary>
public static class DeclaredSchedulesExtensions
{
    /// <summary>
    /// Declares a schedule. It is created when a process that runs schedules starts, unless there is one of its name: from then on it
    /// is an operator's, who may change it or pause it. One that was deleted comes back at the next start. A definition that is wrong
    /// stops the process at its start.
    /// </summary>
    /// <param name="services">The host's.</param>
    /// <param name="name">1 to 100 of a-z, 0-9, <c>.</c>, <c>_</c> and <c>-</c>.</param>
    /// <param name="cron">Five fields, or six with the second before them.</param>
    /// <param name="message">What is enqueued at each due time. Its type need not be one of the task types that can be enqueued by name.</param>
    /// <param name="timeZone">The time zone that the expression is meant in, an IANA id.</param>
    public static IServiceCollection AddSchedule<T>(
        this IServiceCollection services, string name, string cron, T message, string timeZone = "UTC")
        where T : class =>
        services.AddSingleton(new DeclaredSchedule(new ScheduleDefinition
        {
            Name = name,
            Cron = cron,
            TimeZone = timeZone,
            Type = typeof(T).Name,
            Message = JsonSerializer.SerializeToElement(message, TaskTypes.Json),
        }, typeof(T)));
}

internal sealed record DeclaredSchedule(ScheduleDefinition Definition, Type MessageType)
{
    /// <exception cref="OutboxConfigurationException">Something is wrong with it.</exception>
    public void ThrowIfWrong(TaskTypes types, DateTimeOffset now)
    {
        foreach (var (field, problem) in new ScheduleCheck(types, now).Run(Definition))
        {
            throw new OutboxConfigurationException($"The schedule {Definition.Name} that the code declares: {field} {problem}");
        }
    }
}
