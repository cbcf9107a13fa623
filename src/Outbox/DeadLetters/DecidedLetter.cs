namespace Messaging.Outbox.DeadLetters;

/// <summary>A dead letter that was redriven or dropped, and its task.</summary>
internal readonly record struct DecidedLetter(Guid Id, Guid? TaskId);
