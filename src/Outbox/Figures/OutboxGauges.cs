using System.Diagnostics.Metrics;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Messaging.Outbox.Telemetry;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Figures;

/// <summary>
/// The gauges of the outbox. Those of all processes have a value in the reporter only, and only while its figures are new.
/// </summary>
internal sealed class OutboxGauges
{
    private static readonly (TaskState State, string Name)[] OpenStates =
    [
        (TaskState.Queued, "queued"), (TaskState.Running, "running"), (TaskState.Retrying, "retrying"),
        (TaskState.Scheduled, "scheduled"), (TaskState.Waiting, "waiting"), (TaskState.Blocked, "blocked"),
    ];

    private static readonly (TaskState State, string Name)[] EndStates =
        [(TaskState.Succeeded, OutboxMetrics.Succeeded), (TaskState.Failed, OutboxMetrics.Failed), (TaskState.Cancelled, OutboxMetrics.Cancelled)];

    private readonly Meter _meter;
    private readonly ShownFigures _figures;
    private readonly Instrument _first;

    public OutboxGauges(OutboxMetrics metrics, ShownFigures figures, QueueEndpoints endpoints, GroupCommitter committer, IMessageTransport transport)
    {
        (_meter, _figures) = (metrics.Meter, figures);
        _first = All("outbox.tasks.balance", "{task}", "Accepted tasks that have neither ended nor are there: 0 unless work was lost or is there twice.", f => Of(f.Balance));
        All("outbox.tasks.accepted", "{task}", "Tasks that were accepted since the tables exist.", f => Of(f.Accepted));
        All("outbox.tasks.ended", "{task}", "Tasks that have ended since the tables exist.", f => EndStates.Select(s => Of(f.Tasks(s.State), "outcome", s.Name)));
        All("outbox.tasks", "{task}", "Tasks that have not ended.", f => OpenStates.Select(s => Of(f.Tasks(s.State), "state", s.Name)));
        All("outbox.messages.due", "{message}", "Messages in the outbox that are due, counted to 100,000 for each queue.", f => ByQueue(f, FigureSql.Due));
        AllSeconds("outbox.messages.due.age", "Since when the oldest of them has been due.", f => f.AgeByQueue(FigureSql.Due).Select(q => (q.Queue, q.Age)));
        All("outbox.messages.scheduled", "{message}", "Messages in the outbox that are due at a later time, counted to 100,000 for each queue.", f => ByQueue(f, FigureSql.Scheduled));
        All("outbox.dead_letters", "{message}", "Dead letters without a decision, counted to 100,000 for each queue.", f => ByQueue(f, FigureSql.DeadLetters));
        All("outbox.queue.depth", "{message}", "Messages at the broker that are ready to be delivered.", f => f.Depths.Select(d => Of(d.Value, "queue", d.Key)));
        All("outbox.queue.workers", "{process}", "Processes that consume the queue.", f => ByQueue(f, FigureSql.Workers));
        All("outbox.queue.paused", "1", "1 while an operator has paused the queue.", f => ByQueue(f, FigureSql.Paused));
        AllSeconds("outbox.schedule.lag", "How late the schedule is that has been due for longest.", f => f.ScheduleLag is { } lag ? [(null, lag)] : [], isByQueue: false);
        All("outbox.store.connections", "{connection}", "Connections to the database, of all processes and others.", f => Of(f.Single(FigureSql.Connections)));
        All("outbox.storage.size", "By", "Size of the database.", f => Of(f.Single(FigureSql.Size)));
        _meter.CreateObservableGauge("outbox.messages.in_flight", () => endpoints.All.Select(e => new Measurement<long>(e.InFlight, Tag("queue", e.Name))), "{message}", "Messages that this process has from a queue.");
        _meter.CreateObservableGauge("outbox.commits.pending", () => (long)committer.Pending, "{unit}", "Units of work that wait for a group commit.");
        _meter.CreateObservableGauge("outbox.broker.up", () => transport.IsUp ? 1L : 0L, "1", "1 while this process reaches the broker.");
    }

    /// <summary>Whether somebody listens in this process.</summary>
    public bool IsListenedTo => _first.Enabled;

    private static IEnumerable<Measurement<long>> ByQueue(FigureSet figures, string name) => figures.ByQueue(name).Select(q => Of(q.Amount, "queue", q.Queue));

    private static IEnumerable<Measurement<long>> Of(long? value) => value is { } known ? [new Measurement<long>(known)] : [];

    private static Measurement<long> Of(long value, string tag, string? name) => new(value, Tag(tag, name));

    private static KeyValuePair<string, object?> Tag(string name, string? value) => new(name, value ?? OutboxMetrics.Unknown);

    private ObservableGauge<long> All(string name, string unit, string description, Func<FigureSet, IEnumerable<Measurement<long>>> measure) =>
        _meter.CreateObservableGauge(name, () => _figures.Current is { } figures ? measure(figures) : [], unit, description);

    private void AllSeconds(string name, string description, Func<FigureSet, IEnumerable<(string? Queue, TimeSpan Time)>> measure, bool isByQueue = true) =>
        _meter.CreateObservableGauge(
            name,
            () => _figures.Current is { } figures
                ? measure(figures).Select(m => isByQueue ? new Measurement<double>(m.Time.TotalSeconds, Tag("queue", m.Queue)) : new Measurement<double>(m.Time.TotalSeconds))
                : [],
            "s",
            description);
}
