namespace Messaging.Outbox.Tasks;

/// <summary>A type that can be enqueued by name.</summary>
internal sealed record RegisteredTaskType(Type Type);

/// <summary>The type that a declared schedule enqueues, registered or not.</summary>
internal sealed record ScheduledTaskType(string Schedule, Type Type);
