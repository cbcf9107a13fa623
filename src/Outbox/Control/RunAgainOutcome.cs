namespace Messaging.Outbox;

/// <summary>The outcome of running a task again.</summary>
/// <param name="Result"><see cref="ControlResult.Done"/>, <see cref="ControlResult.NotFound"/> or <see cref="ControlResult.Refused"/>.</param>
/// <param name="TaskId">The new task; null if there is none.</param>
public sealed record RunAgainOutcome(ControlResult Result, Guid? TaskId)
{
    /// <summary>Why it was refused: a sentence.</summary>
    public string? Reason { get; init; }
}
