namespace Messaging.Outbox;

/// <summary>What becomes of the tasks that come after one that is cancelled, or whose dead letter is dropped.</summary>
public enum SuccessorPolicy
{
    /// <summary>They are cancelled with it, those after them as well. A retry brings all of them back.</summary>
    Cancel,

    /// <summary>They are Blocked, until it is retried or they are cancelled.</summary>
    Keep,
}
