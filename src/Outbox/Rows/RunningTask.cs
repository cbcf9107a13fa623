namespace Messaging.Outbox.Rows;

/// <summary>What a running attempt shows of itself.</summary>
internal sealed record RunningTask(Guid Id, int Attempt, DateTimeOffset StartedAt, int? Progress = null, string? ProgressText = null);
