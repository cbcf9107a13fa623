using Messaging.Outbox.AspNetCore.Tasks;

namespace Messaging.Outbox.AspNetCore;

/// <summary>The data of a task that callers without an access key can read if they know its id.</summary>
public enum TaskDisclosure
{
    /// <summary>The kind and the state. The default.</summary>
    State,

    /// <summary>
    /// The kind and the state, but a task that is due is always shown as Succeeded. Use it if the duration, the attempts or the
    /// result of a task would reveal something that its caller must not know.
    /// </summary>
    UntilDue,

    /// <summary>Also times, attempts, errors, progress and result, but no names of hosts and queues.</summary>
    Course,
}

/// <summary>Configures <see cref="TaskDisclosure"/>.</summary>
public static class TaskDisclosureExtensions
{
    /// <summary>Sets what callers without an access key can read of tasks of a kind.</summary>
    public static void AddTaskKind(this IServiceCollection services, string kind, TaskDisclosure shows) =>
        services.AddSingleton(new TaskKind(kind, shows));
}
