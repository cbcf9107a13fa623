namespace Messaging.Outbox;

/// <summary>What happens to the successors of a task that is cancelled, or whose dead letter is dropped.</summary>
public enum SuccessorPolicy
{
    /// <summary>All of them are cancelled. Retrying the task restores them.</summary>
    Cancel,

    /// <summary>They are Blocked until the task is retried, or until they are cancelled themselves.</summary>
    Keep,
}
