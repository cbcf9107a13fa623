using Messaging.Outbox.Deliveries;

namespace Messaging.Outbox.Tasks;

/// <summary>One run of a consumer. It keeps the progress and the result that the consumer reports until they are written.</summary>
internal sealed class Attempt
{
    /// <summary>The task; null for a message that is not a task.</summary>
    public required Guid? TaskId { get; init; }

    /// <summary>Counted from 1 over retries and redrives.</summary>
    public required int Number { get; init; }

    /// <summary>The part of the work that the message is for, counted from 0.</summary>
    public required int Part { get; init; }

    /// <summary>The queue that the message comes from.</summary>
    public required string Queue { get; init; }

    /// <summary>The outbox row of the message, for a transport without its own storage.</summary>
    public long? OutboxId { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The limit that cancels the attempt; null if it has none.</summary>
    public AttemptDeadline? Deadline { get; init; }

    /// <summary>The delivery, whose token is the one of an attempt without a limit of its own.</summary>
    public ReceivedMessage? Delivery { get; init; }

    public CancellationToken Token => Deadline?.Token ?? Delivery?.CancellationToken ?? CancellationToken.None;

    public int? Progress { get; private set; }

    public string? ProgressText { get; private set; }

    /// <summary>The consumer's result, as JSON.</summary>
    public string? Result { get; set; }

    /// <summary>Whether the consumer has requested another delivery for the next part of its work.</summary>
    public bool Continues { get; set; }

    /// <summary>Whether the progress has changed since it was last shown.</summary>
    public bool HasNews { get; set; } = true;

    /// <summary>Whether the log says already that it goes on after its time limit.</summary>
    public bool IsKnownToBeLate { get; set; }

    /// <summary>The visible state; null for a message that is not a task.</summary>
    public RunningTask? Task => TaskId is { } id ? new RunningTask(id, Number, StartedAt, Progress, ProgressText) : null;

    /// <summary>Whether the progress has changed since the last call.</summary>
    public bool TakeNews()
    {
        var had = HasNews;
        HasNews = false;
        return had;
    }

    public void Report(int percent, string? text)
    {
        Progress = percent;
        ProgressText = text;
        HasNews = true;
    }

    /// <summary>Adds the progress and the result to the task's outcome.</summary>
    public TaskOutcome? Complete(TaskOutcome? outcome) => outcome is null ? null : Continues
        ? outcome with { Progress = Progress, ProgressText = ProgressText }
        : outcome with { Result = Result, Progress = Progress is null ? null : 100, ProgressText = ProgressText };
}
