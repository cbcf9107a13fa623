using Messaging.Outbox.AspNetCore.Tasks;

namespace Messaging.Outbox.AspNetCore;

/// <summary>What callers without an access key see of a task whose id they have.</summary>
public enum TaskDisclosure
{
    /// <summary>Its kind and its state. The default.</summary>
    State,

    /// <summary>
    /// Its kind, and whether it is due: from then on it is shown as Succeeded. For a task whose duration, attempts or result
    /// would reveal something that its caller must not know.
    /// </summary>
    UntilDue,

    /// <summary>Also times, attempts, errors, progress and result; not where it runs.</summary>
    Course,
}

/// <summary>Declares what is shown of tasks.</summary>
public static class TaskDisclosureExtensions
{
    /// <summary>Declares what anonymous callers see of the tasks of this kind.</summary>
    public static void AddTaskKind(this IServiceCollection services, string kind, TaskDisclosure shows) =>
        services.AddSingleton(new TaskKind(kind, shows));
}
