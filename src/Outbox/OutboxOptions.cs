using System.ComponentModel.DataAnnotations;

namespace Messaging.Outbox;

/// <summary>Settings of the outbox, bound from the section <c>Outbox</c>. All durations are time spans (<c>00:00:01.5</c>).</summary>
public sealed class OutboxOptions
{
    /// <summary>How long one commit may take before its caller is told that the database is unavailable. Default 1.5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan CommitTimeout { get; set; } = TimeSpan.FromSeconds(1.5);

    /// <summary>Units of work that may share one transaction. Default 256.</summary>
    [Range(1, 10_000)]
    public int MaxCommitGroup { get; set; } = 256;

    /// <summary>Units of work that may wait for a commit; further ones wait for a place, then time out. Default 10,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxPendingCommits { get; set; } = 10_000;

    /// <summary>
    /// What stays free on the disk of an SQLite file, and of the folder of files: below it callers' writes are refused, and what was accepted is
    /// done. Default: a tenth of the disk, at least 32 MiB (of a small disk a quarter) and at most 256 MiB.
    /// </summary>
    [Range(0L, long.MaxValue)]
    public long? MinFreeBytes { get; set; }

    /// <summary>The size that a PostgreSQL database may have, in bytes; above it callers' writes are refused. Default: no limit.</summary>
    [Range(1_048_576L, long.MaxValue)]
    public long? MaxDatabaseBytes { get; set; }

    /// <summary>How often that size is asked for, while somebody writes. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan DatabaseSizeInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether this process sends what lies in the outbox. Several processes may. Default true.</summary>
    public bool Dispatch { get; set; } = true;

    /// <summary>Messages claimed at once by a dispatcher. Default 500.</summary>
    [Range(1, 10_000)]
    public int DispatchBatch { get; set; } = 500;

    /// <summary>
    /// Sends over MassTransit that may wait for the broker's confirmation at once; what goes past it waits a batch at a time. Default 100.
    /// </summary>
    [Range(1, 10_000)]
    public int MaxOutstandingConfirms { get; set; } = 100;

    /// <summary>How long a batch may wait for the broker's confirmations. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The longest pause between two looks into the outbox. A commit of this process ends it at once, and so does the time of what is due
    /// later; it is how late messages may be that a process without a dispatcher has staged, or one that died. Default 2 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>A message that cannot be sent is due again after 1 s, 2 s, 4 s, … at most this; one that no queue takes after a minute at most. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan MaxSendDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a message is tried that no queue takes, or that cannot be sent for another reason of its own, at least once a minute; then it is a
    /// dead letter, and its task Failed. A broker that is out of reach does not count. Default 1 day.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan UndeliverableAfter { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// Messages that may be under way at once in a transport that does not outlive the process (in memory). Default 1,000.
    /// </summary>
    [Range(1, 100_000)]
    public int MaxInFlight { get; set; } = 1_000;

    /// <summary>A task that runs for longer than this is shown as Running; a shorter one goes straight to its end. Default 500 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:01:00")]
    public TimeSpan RunningAfter { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The pause between two polls for what the event streams of this process have to say, all of them together. Default 500 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.02", "00:01:00")]
    public TimeSpan EventInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// How often a process tells which queues it consumes and how it gets on, and the precision of the rates that are shown. One that
    /// has not been heard of for three times as long counts as gone. Default 5 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:00:20")]
    public TimeSpan QueueReportInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How soon a pause, or another setting of a queue, takes effect. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.02", "00:00:20")]
    public TimeSpan QueueSettingsInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long after it was heard of a process counts as there.</summary>
    internal TimeSpan WorkerIsAliveFor => QueueReportInterval * 3;

    /// <summary>
    /// Of a message that several queues take, how long after a queue's workers were last heard of it is still waited for. A task that was sent by
    /// then ends without it afterwards. A consumer that moved to another queue is one that has gone. Default 15 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan ConsumerGoneAfter { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a consumed message is remembered, so that a duplicate has no effect. Default 7 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan InboxRetention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long a succeeded task can be looked up. Default 7 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan SucceededTaskRetention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long a failed or blocked task, and a dead letter that nobody decided about, are kept. Default 30 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan FailedTaskRetention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>
    /// How long a cancelled task is remembered. A message of it that lies with the broker for longer than that, in a queue that
    /// nobody consumes, is consumed after all. Default 30 days.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan CancelledTaskRetention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long a dead letter is kept after it was redriven or dropped. Default 7 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan DeadLetterRetention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long it is known who did what. Default 365 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan AuditRetention { get; set; } = TimeSpan.FromDays(365);

    /// <summary>
    /// How long a request with an <c>Idempotency-Key</c> gets the answer again that the first one with that key got; the key is
    /// free afterwards. Default 24 h.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan IdempotencyRetention { get; set; } = TimeSpan.FromHours(24);

    /// <summary>
    /// Whether messages that were given up are kept in the store, where they can be searched, edited and redriven. Otherwise
    /// the error queues keep them; a transport in memory has none that outlive the process. Default true.
    /// </summary>
    public bool CollectDeadLetters { get; set; } = true;

    /// <summary>
    /// How long after it was sent a message may be taken for lost: when its task has not ended, no worker is at it, and its queue is
    /// empty, it is sent again. A message that is only late then comes twice, which has no effect. Default 10 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan LostAfter { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Signatures of what is sent. Default: none.</summary>
    public SigningOptions Signing { get; set; } = new();

    /// <summary>How often the database is asked for its time. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan ClockInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// By how much this machine's clock and the database's may differ. Beyond it the process says so, runs no schedules and deletes nothing
    /// that is past its retention: one of the two is wrong. Default 30 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan ClockTolerance { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The pause between two clean-ups. Default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan CleanUpInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether this process hands on what schedules say. Several processes may; each due time is run once. Default true.</summary>
    public bool RunSchedules { get; set; } = true;

    /// <summary>The pause between two looks for schedules that are due, and so how late a run may be. Default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00")]
    public TimeSpan SchedulePollInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>A due time that is later than this was missed: its schedule's <see cref="MisfirePolicy"/> decides. Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan MisfireThreshold { get; set; } = TimeSpan.FromMinutes(1);
}
