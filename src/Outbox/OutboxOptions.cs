using System.ComponentModel.DataAnnotations;

namespace Messaging.Outbox;

/// <summary>Settings of the outbox; section <c>Outbox</c>. All durations are time spans (<c>00:00:01.5</c>).</summary>
public sealed class OutboxOptions
{
    /// <summary>How long a commit may take before its caller gets an error that the database is unavailable. Default 1.5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan CommitTimeout { get; set; } = TimeSpan.FromSeconds(1.5);

    /// <summary>The maximum number of units of work that share one transaction. Default 256.</summary>
    [Range(1, 10_000)]
    public int MaxCommitGroup { get; set; } = 256;

    /// <summary>
    /// The maximum number of units of work that wait for a commit; further ones wait for room and then time out. Default 10,000.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxPendingCommits { get; set; } = 10_000;

    /// <summary>
    /// The bytes to keep free on the disk of an SQLite file and of the folder of files. Below it requests that write are refused,
    /// while accepted work continues. Default: a tenth of the disk, at least 32 MiB (or a quarter of a small disk) and at most
    /// 256 MiB.
    /// </summary>
    [Range(0L, long.MaxValue)]
    public long? MinFreeBytes { get; set; }

    /// <summary>The maximum size of a PostgreSQL database in bytes; above it requests that write are refused. Default: no limit.</summary>
    [Range(1_048_576L, long.MaxValue)]
    public long? MaxDatabaseBytes { get; set; }

    /// <summary>How often that size is queried while there are writes. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan DatabaseSizeInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether this process dispatches messages from the outbox. Several processes may do so. Default true.</summary>
    public bool Dispatch { get; set; } = true;

    /// <summary>The maximum number of messages that a dispatcher claims at once. Default 500.</summary>
    [Range(1, 10_000)]
    public int DispatchBatch { get; set; } = 500;

    /// <summary>
    /// The maximum number of sends over the bus that wait for the broker's confirmation at once. The fast lane is not limited
    /// by it: it waits for one batch at a time. Default 100.
    /// </summary>
    [Range(1, 10_000)]
    public int MaxOutstandingConfirms { get; set; } = 100;

    /// <summary>How long a batch may wait for the broker's confirmations. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The longest interval between two polls of the outbox. A commit of this process triggers a poll at once, and so does the
    /// due time of a delayed message. Messages of a process without a dispatcher, or of one that died, are delayed by at most
    /// this. Default 2 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// A message that cannot be sent is retried after 1 s, 2 s, 4 s, … up to this maximum; a message without a queue up to a
    /// minute. Default 10 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan MaxSendDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long sending is retried, at least once a minute, for a message that no queue takes, or that fails for another reason
    /// of its own. Then it becomes a dead letter and its task Failed. Broker outages do not count. Default 1 day.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan UndeliverableAfter { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// The maximum number of messages in flight in a transport that does not outlive the process (in memory). Default 1,000.
    /// </summary>
    [Range(1, 100_000)]
    public int MaxInFlight { get; set; } = 1_000;

    /// <summary>
    /// A task that runs for longer than this is shown as Running; a shorter one changes directly to its final state. Default 500
    /// ms.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:01:00")]
    public TimeSpan RunningAfter { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The interval between two polls for the event streams of this process. Default 500 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.02", "00:01:00")]
    public TimeSpan EventInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// How often a process reports that it is alive, and the queues that it consumes with their figures; also the resolution of the rates that are
    /// shown. A process that has not reported for three times as long counts as gone. Default 5 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:00:20")]
    public TimeSpan QueueReportInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often changes of a queue's settings, such as a pause, are read. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.02", "00:00:20")]
    public TimeSpan QueueSettingsInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How often the figures of all processes, which the gauges show, are read: by one process, the reporter. When reading takes long, it
    /// is done less often. Default 5 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:10:00")]
    public TimeSpan FiguresInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long after its last report a process counts as alive.</summary>
    internal TimeSpan WorkerIsAliveFor => QueueReportInterval * 3;

    /// <summary>
    /// How long after its last report a process may still run what it has reported: a report can fail while the work goes on. What a dead process ran comes
    /// again from a broker, so nothing waits for this there; a transport that is not durable brings nothing back, and goes by <see cref="WorkerIsAliveFor"/>.
    /// </summary>
    internal TimeSpan WorkerMayRunFor => LostAfter > WorkerIsAliveFor ? LostAfter : WorkerIsAliveFor;

    /// <summary>
    /// For a message that several queues take: how long after the last report of a queue's workers the queue is still waited for.
    /// After that, tasks that were sent before end without it. A consumer that moved to another queue counts as gone. Default 15
    /// min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan ConsumerGoneAfter { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long consumed messages are remembered, so that duplicates have no effect. Default 7 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan InboxRetention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long succeeded tasks are kept. Default 7 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan SucceededTaskRetention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long failed and blocked tasks, and dead letters without a decision, are kept. Default 30 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan FailedTaskRetention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>
    /// How long cancelled tasks are remembered. If a task's message stays at the broker for longer than this, in a queue without
    /// consumers, it is consumed after all. Default 30 days.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan CancelledTaskRetention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long a dead letter is kept after it was redriven or dropped. Default 7 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan DeadLetterRetention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long audit entries are kept. Default 365 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan AuditRetention { get; set; } = TimeSpan.FromDays(365);

    /// <summary>
    /// How long a repeated request with the same <c>Idempotency-Key</c> gets the first answer; afterwards the key is free again.
    /// Default 24 h.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan IdempotencyRetention { get; set; } = TimeSpan.FromHours(24);

    /// <summary>
    /// Whether dead letters are stored in the database, where they can be searched, edited and redriven. Otherwise they stay in
    /// the error queues, which an in-memory transport loses with the process. Default true.
    /// </summary>
    public bool CollectDeadLetters { get; set; } = true;

    /// <summary>
    /// How long after sending a message may count as lost: if its task has not ended, no worker processes it, and its queue is
    /// empty, it is sent again. If it was only late it arrives twice, which has no effect. Default 10 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan LostAfter { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Signing of messages. Default: none.</summary>
    public SigningOptions Signing { get; set; } = new();

    /// <summary>What is kept of the messages of tasks.</summary>
    public PayloadOptions Payloads { get; set; } = new();

    /// <summary>How often the database's time is read. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan ClockInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// By how much this machine's clock and the database's may differ. Beyond it the process logs an error, runs no schedules and
    /// deletes nothing past its retention, because one of the clocks is wrong. Default 30 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan ClockTolerance { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The interval between two clean-ups. Default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan CleanUpInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether this process runs schedules. Several processes may do so; each due time runs once. Default true.</summary>
    public bool RunSchedules { get; set; } = true;

    /// <summary>The interval between two polls for due schedules, and so the maximum delay of a run. Default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00")]
    public TimeSpan SchedulePollInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// A due time that is late by more than this counts as missed: the schedule's <see cref="MisfirePolicy"/> decides. Default 1
    /// min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan MisfireThreshold { get; set; } = TimeSpan.FromMinutes(1);
}
