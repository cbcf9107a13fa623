namespace Messaging.Outbox.Rows;

/// <summary>A message that is no longer sent and becomes a dead letter.</summary>
/// <param name="Letter">The dead letter.</param>
/// <param name="Redrives">How many times it was redriven before.</param>
/// <param name="HasSuccessors">Whether other tasks wait for it.</param>
/// <param name="Consumers">The header <c>Task-Consumers</c>.</param>
internal sealed record UndeliveredMessage(DeadLetter Letter, int Redrives, bool HasSuccessors, string? Consumers);
