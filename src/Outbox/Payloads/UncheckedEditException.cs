namespace Messaging.Outbox;

/// <summary>
/// This process does not know the type of a message that was edited, so it cannot check the edit, and nobody has said that it may be sent so
/// (docs/decisions/0056).
/// </summary>
public sealed class UncheckedEditException : Exception
{
    internal UncheckedEditException(string? type)
        : base(type is null
            ? "cannot be checked, because the type of the message cannot be told: send it with 'unchecked' if you are sure of it."
            : $"cannot be checked, because this process does not know the type {type}: send it with 'unchecked' if you are sure of it, or in a process that knows the type.")
    {
    }
}
