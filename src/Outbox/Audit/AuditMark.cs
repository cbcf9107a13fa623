namespace Messaging.Outbox.Audit;

/// <summary>Who did something, and when.</summary>
/// <param name="Who">The name of the access key.</param>
/// <param name="At">When it was done.</param>
internal sealed record AuditMark(string Who, DateTimeOffset At);
