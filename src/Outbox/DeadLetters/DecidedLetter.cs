namespace Messaging.Outbox.DeadLetters;

/// <summary>A dead letter that was redriven or dropped, and its task.</summary>
internal readonly record struct DecidedLetter(Guid Id, Guid? TaskId)
{
    /// <summary>Whether it was edited and sent although this process does not know its type.</summary>
    public bool IsUnchecked { get; init; }
}
