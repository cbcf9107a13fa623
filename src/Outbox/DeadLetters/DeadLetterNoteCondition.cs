namespace Messaging.Outbox;

/// <summary>Which note may be replaced, so that nobody overwrites what they have not read.</summary>
/// <param name="At">When the note that is replaced was written (<see cref="DeadLetterNote.At"/>); null if there must be none.</param>
public sealed record DeadLetterNoteCondition(DateTimeOffset? At);

/// <summary>Somebody has written or deleted the note since it was read.</summary>
public sealed class DeadLetterNoteConflictException(string message) : Exception(message);
