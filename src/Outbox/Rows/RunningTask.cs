namespace Messaging.Outbox.Rows;

/// <summary>A running attempt and its progress.</summary>
internal sealed record RunningTask(Guid Id, int Attempt, DateTimeOffset StartedAt, int? Progress = null, string? ProgressText = null);
