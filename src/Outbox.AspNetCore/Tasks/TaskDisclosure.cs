using Messaging.Outbox.AspNetCore.Tasks;

namespace Messaging.Outbox.AspNetCore;

/// <summary>What a caller is shown who has a task's id and no access key.</summary>
public enum TaskDisclosure
{
    /// <summary>Its kind and its state. The default.</summary>
    State,

    /// <summary>
    /// Its kind, and whether it is due: from then on it counts as Succeeded. For a task whose course tells something that its caller is not to
    /// know, by how long it takes, how often it is tried, or how it ends.
    /// </summary>
    UntilDue,

    /// <summary>Times, attempts, errors, progress and result as well; not where it runs.</summary>
    Course,
}

/// <summary>Declares what is shown of tasks.</summary>
public static class TaskDisclosureExtensions
{
    /// <summary>Declares what anonymous callers see of the tasks of this kind.</summary>
    public static void AddTaskKind(this IServiceCollection services, string kind, TaskDisclosure shows) =>
        services.AddSingleton(new TaskKind(kind, shows));
}
