namespace Messaging.Outbox.AspNetCore.Tasks;

/// <summary>The data of most tasks for callers without an access key (<see cref="TaskKinds"/>).</summary>
/// <param name="Id">The id of the task.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="State">Its state, as far as it is shown.</param>
internal sealed record PublicTask(Guid Id, string Kind, TaskState State);
