namespace Messaging.Outbox.Staging;

/// <summary>Where a unit of work is in the life of its scope.</summary>
internal enum UnitPhase
{
    /// <summary>Open, unless the scope belongs to a message.</summary>
    Initial,

    /// <summary>A consumer is running; the pipeline commits.</summary>
    Consuming,

    /// <summary>The consumer has returned.</summary>
    Consumed,

    /// <summary>The scope has ended.</summary>
    Ended,
}
