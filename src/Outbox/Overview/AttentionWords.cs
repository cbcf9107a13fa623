namespace Messaging.Outbox.Overview;

/// <summary>
/// The words and thresholds of what needs attention: those of the alerts in <c>deploy/prometheus/rules.yml</c>, with which a test compares them.
/// An alert waits for some minutes, since it wakes somebody; the dashboard says it at once.
/// </summary>
/// <param name="Alert">The alert, which is also a section of the runbook; null if only the dashboard shows it.</param>
/// <param name="Severity">How severe it is.</param>
/// <param name="Page">The page of the dashboard on which to act.</param>
/// <param name="Advice">What to do, as in the description of the alert.</param>
internal sealed record AttentionWords(string? Alert, AttentionSeverity Severity, string Page, string Advice)
{
    /// <summary>The share of attempts that failed and are retried.</summary>
    public const double RetryShare = 0.2;

    /// <summary>How long a message may be due, and a schedule be late.</summary>
    public static readonly TimeSpan DueFor = TimeSpan.FromSeconds(60), LateBy = TimeSpan.FromSeconds(60);

    /// <summary>How long a queue may be paused while work waits.</summary>
    public static readonly TimeSpan PausedFor = TimeSpan.FromHours(1);

    /// <summary>In which time dead letters are new, and over which time attempts are compared.</summary>
    public static readonly TimeSpan NewDeadLetters = TimeSpan.FromMinutes(15), RetriesOver = TimeSpan.FromMinutes(10);

    private const string DeadLettersPage = "dead-letters", Overview = "overview", Queues = "queues", Workers = "workers";

    public static readonly IReadOnlyDictionary<AttentionCode, AttentionWords> Of = new Dictionary<AttentionCode, AttentionWords>
    {
        [AttentionCode.BalanceOff] = new("OutboxTasksOutOfBalance", AttentionSeverity.Critical, Overview, "Keep the logs, and find the tasks that are wrong before anything is cleaned up."),
        [AttentionCode.BrokerUnavailable] = new("OutboxBrokerUnreachable", AttentionSeverity.Critical, Overview, "Start or mend the broker; the health check of this process names the reason."),
        [AttentionCode.NoDispatcher] = new("OutboxNoDispatcher", AttentionSeverity.Critical, Workers, "Start a process with Outbox:Dispatch=true; an API and a worker both dispatch unless a setting forbids it."),
        [AttentionCode.NoWorker] = new("OutboxNoWorker", AttentionSeverity.Critical, Queues, "Start a worker for this queue, or look why the one that should consume it does not become ready."),
        [AttentionCode.OldestDue] = new("OutboxDueTooOld", AttentionSeverity.Critical, Queues, "Look whether there is a dispatcher, whether the broker confirms, and whether the database answers."),
        [AttentionCode.StorageLow] = new("OutboxStorageShort", AttentionSeverity.Critical, Overview, "Extend it, free space, or shorten the retention."),
        [AttentionCode.DeadLetters] = new("OutboxDeadLettersRise", AttentionSeverity.Warning, DeadLettersPage, "Look at their groups, mend the cause, then redrive or drop them."),
        [AttentionCode.RetryRate] = new("OutboxRetriesHigh", AttentionSeverity.Warning, Queues, "Mend it before the retries are over and messages become dead letters."),
        [AttentionCode.QueuePaused] = new("OutboxQueuePaused", AttentionSeverity.Warning, Queues, "Resume it"),
        [AttentionCode.ScheduleError] = new(
            "OutboxScheduleLate", AttentionSeverity.Warning, "schedules", "Look whether a worker with Outbox:RunSchedules runs, whether it knows the schedule's task type, and whether its clock agrees with the database's."),
        [AttentionCode.UndeliverableMessages] = new(Alert: null, AttentionSeverity.Warning, DeadLettersPage, "Their errors name the reason, a queue that does not exist for instance: mend it, then redrive them."),
    };

    /// <summary>Something that needs attention.</summary>
    /// <param name="code">What it is.</param>
    /// <param name="what">The sentence with the figures, without its end.</param>
    /// <param name="target">The queue or schedule.</param>
    /// <param name="advice">What to do; null for the usual advice.</param>
    public static Attention Say(AttentionCode code, string what, string? target = null, string? advice = null)
    {
        var words = Of[code];
        return new Attention(words.Severity, code, $"{what}. {advice ?? words.Advice}", words.Page, target);
    }
}
