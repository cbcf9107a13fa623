using System.Diagnostics.Metrics;

namespace Messaging.Outbox.Telemetry;

/// <summary>
/// The counters and histograms of the outbox (docs/operating/metrics.md). Tags are bounded: queues and message types of this
/// application, never an id. What comes from outside and is not known counts as <see cref="Unknown"/>.
/// </summary>
internal sealed class OutboxMetrics
{
    /// <summary>The tag's value for a queue or a message type that is not known.</summary>
    public const string Unknown = "unknown";

    public const string Succeeded = "succeeded", Failed = "failed", Duplicate = "duplicate", Cancelled = "cancelled";
    public const string Committed = "committed", Confirmed = "confirmed", Rescheduled = "rescheduled", DeadLettered = "dead_lettered";

    private const string Queue = "queue", Type = "type", Outcome = "outcome", Reason = "reason", Source = "source";

    // From what a group commit takes on a fast disk to a time limit.
    private static readonly double[] Work = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

    // A message may also wait for a paused queue, a deferral or its own delay.
    private static readonly double[] Waits = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200, 86_400];

    private static readonly double[] Sizes = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];

    private readonly Counter<long> _enqueued, _dispatched, _executed, _retried, _deferred, _deadLettered, _lost, _unsubscribed, _refused, _dropped;
    private readonly Histogram<double> _commit, _commitSize, _dispatch, _queue, _execution, _effect;

    /// <param name="meters">The factory of the host, which separates hosts in one process; null in a host without one.</param>
    public OutboxMetrics(IMeterFactory? meters)
    {
        Meter = meters?.Create(OutboxTelemetry.Name) ?? new Meter(OutboxTelemetry.Name);
        _enqueued = Count("outbox.messages.enqueued", "{message}", "Messages that were committed to the outbox.");
        _dispatched = Count("outbox.messages.dispatched", "{message}", "Messages that a dispatcher took from the outbox.");
        _executed = Count("outbox.messages.executed", "{execution}", "Executions of a consumer that have ended.");
        _retried = Count("outbox.messages.retried", "{attempt}", "Failed attempts that are retried within the same delivery.");
        _deferred = Count("outbox.messages.deferred", "{attempt}", "Failed attempts that are retried in a later delivery.");
        _deadLettered = Count("outbox.messages.dead_lettered", "{message}", "Messages that became dead letters.");
        _lost = Count("outbox.messages.lost", "{message}", "Messages that the broker had confirmed and lost; they were sent again.");
        _unsubscribed = Count("outbox.messages.unsubscribed", "{message}", "Events that were dropped because they have no subscriber.");
        _refused = Count("outbox.messages.refused", "{message}", "Messages that have no valid signature.");
        _dropped = Count("outbox.events.dropped", "{event}", "Events for a reader, or entries of a log, that were dropped so that nobody waits for it.");
        _commit = Measure("outbox.commit.duration", "s", "Duration of a group commit.", Work);
        _commitSize = Measure("outbox.commit.size", "{unit}", "Units of work in a group commit.", Sizes);
        _dispatch = Measure("outbox.dispatch.duration", "s", "Time from the claim of a batch to the broker's last confirmation.", Work);
        _queue = Measure("outbox.queue.duration", "s", "Time from a message's due time to the start of its execution.", Waits);
        _execution = Measure("outbox.execution.duration", "s", "Duration of an execution, from its start to its commit.", Work);
        _effect = Measure("outbox.effect.duration", "s", "Time from the acceptance of a task to the commit of its effect, by the database's clock.", Waits);
    }

    public Meter Meter { get; }

    /// <summary>Whether somebody listens to the time from acceptance to effect, which the store then reads.</summary>
    public bool MeasuresEffects => _effect.Enabled;

    /// <summary>Whether somebody listens to the time before an execution; asked first, because it is once a message.</summary>
    public bool MeasuresWaits => _queue.Enabled;

    /// <summary>Whether somebody listens to executions; asked first, because it is once a message.</summary>
    public bool MeasuresExecutions => _executed.Enabled || _execution.Enabled;

    public void Enqueued(int count, string? queue, string type) => Add(_enqueued, count, Tag(Queue, queue), Tag(Type, type));

    public void Dispatched(int count, string? queue, string outcome) => Add(_dispatched, count, Tag(Queue, queue), Tag(Outcome, outcome));

    public void Retried(string? queue, string type) => Add(_retried, 1, Tag(Queue, queue), Tag(Type, type));

    public void Deferred(string? queue, string type) => Add(_deferred, 1, Tag(Queue, queue), Tag(Type, type));

    public void DeadLetter(string? queue, string? type, DeadLetterReason reason) =>
        Add(_deadLettered, 1, Tag(Queue, queue), Tag(Type, type), Tag(Reason, reason.ToString()));

    public void Lost(int count, string queue) => Add(_lost, count, Tag(Queue, queue.Length == 0 ? null : queue));

    public void Unsubscribed(string type) => Add(_unsubscribed, 1, Tag(Type, type));

    public void Refused(string? queue, DeadLetterReason reason) => Add(_refused, 1, Tag(Queue, queue), Tag(Reason, reason.ToString()));

    public void EventsDropped(int count, string source) => Add(_dropped, count, Tag(Source, source));

    public void Executed(string? queue, string type, string outcome, TimeSpan? duration)
    {
        if (duration is { } took) // before the count: what is counted has been measured
        {
            Record(_execution, took.TotalSeconds, Tag(Queue, queue), Tag(Type, type), Tag(Outcome, outcome));
        }

        Add(_executed, 1, Tag(Queue, queue), Tag(Type, type), Tag(Outcome, outcome));
    }

    public void Started(string? queue, string type, TimeSpan waited) => Record(_queue, Seconds(waited), Tag(Queue, queue), Tag(Type, type));

    public void Effect(string? queue, string type, TimeSpan sinceAccepted) => Record(_effect, Seconds(sinceAccepted), Tag(Queue, queue), Tag(Type, type));

    public void GroupCommitted(int units, TimeSpan duration, bool isCommitted)
    {
        Record(_commit, duration.TotalSeconds, Tag(Outcome, isCommitted ? Committed : Failed));
        if (isCommitted)
        {
            Record(_commitSize, units);
        }
    }

    public void BatchDispatched(TimeSpan duration, bool isConfirmed) => Record(_dispatch, duration.TotalSeconds, Tag(Outcome, isConfirmed ? Confirmed : Failed));

    // Two clocks are compared, so the difference may be a little below zero.
    private static double Seconds(TimeSpan time) => Math.Max(0, time.TotalSeconds);

    private static KeyValuePair<string, object?> Tag(string name, string? value) => new(name, value ?? Unknown);

    private static void Add(Counter<long> counter, long value, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        try
        {
            counter.Add(value, tags);
        }
        catch (Exception exception)
        {
            TelemetryFailures.Report(exception);
        }
    }

    private static void Record(Histogram<double> histogram, double value, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        try
        {
            histogram.Record(value, tags);
        }
        catch (Exception exception)
        {
            TelemetryFailures.Report(exception);
        }
    }

    private Counter<long> Count(string name, string unit, string description) => Meter.CreateCounter<long>(name, unit, description);

    private Histogram<double> Measure(string name, string unit, string description, double[] buckets) =>
        Meter.CreateHistogram(name, unit, description, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = buckets });
}
