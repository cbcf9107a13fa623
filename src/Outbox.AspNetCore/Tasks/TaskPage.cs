namespace Messaging.Outbox.AspNetCore.Tasks;

/// <summary>A page of tasks, and what each of them says.</summary>
internal sealed record TaskPage : PageById
{
    /// <summary>Whether each task that has not ended says why it is not running. Default false.</summary>
    public bool? Why { get; init; }
}
