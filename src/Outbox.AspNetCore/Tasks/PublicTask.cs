namespace Messaging.Outbox.AspNetCore.Tasks;

/// <summary>All that a caller without an access key is told of most tasks (<see cref="TaskKinds"/>).</summary>
/// <param name="Id">The task.</param>
/// <param name="Kind">What it does.</param>
/// <param name="State">How far it is, as far as that is told.</param>
internal sealed record PublicTask(Guid Id, string Kind, TaskState State);
