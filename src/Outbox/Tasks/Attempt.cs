namespace Messaging.Outbox.Tasks;

/// <summary>One run of a consumer. What the consumer says of its progress and its result is kept here until it is written.</summary>
internal sealed class Attempt
{
    /// <summary>The task that it is at; null for a message that is no task.</summary>
    public required Guid? TaskId { get; init; }

    /// <summary>Counted from 1 over retries and redrives.</summary>
    public required int Number { get; init; }

    /// <summary>Which part of its work the message is for, counted from 0.</summary>
    public required int Part { get; init; }

    /// <summary>The queue that the message comes from.</summary>
    public required string Queue { get; init; }

    /// <summary>The row that the message comes from, over a transport without a memory of its own.</summary>
    public long? OutboxId { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>What ends it before its consumer does; null for one that nobody ends.</summary>
    public AttemptDeadline? Deadline { get; init; }

    public CancellationToken Token => Deadline?.Token ?? CancellationToken.None;

    public int? Progress { get; private set; }

    public string? ProgressText { get; private set; }

    /// <summary>The consumer's result, as JSON.</summary>
    public string? Result { get; set; }

    /// <summary>Whether the consumer wants the message again, for the next part of its work.</summary>
    public bool Continues { get; set; }

    /// <summary>Something to show has changed since it was last shown.</summary>
    public bool HasNews { get; set; } = true;

    /// <summary>What it shows of itself; null for a message that is no task.</summary>
    public RunningTask? Task => TaskId is { } id ? new RunningTask(id, Number, StartedAt, Progress, ProgressText) : null;

    /// <summary>Whether there is something to show; asked once, it is taken for shown.</summary>
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

    /// <summary>The task's outcome with what the consumer said when it returned.</summary>
    public TaskOutcome? Complete(TaskOutcome? outcome) => outcome is null ? null : Continues
        ? outcome with { Progress = Progress, ProgressText = ProgressText }
        : outcome with { Result = Result, Progress = Progress is null ? null : 100, ProgressText = ProgressText };
}
