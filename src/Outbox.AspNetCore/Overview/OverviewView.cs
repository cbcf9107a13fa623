using Messaging.Outbox.AspNetCore.Queues;
using Messaging.Outbox.Overview;

namespace Messaging.Outbox.AspNetCore.Overview;

/// <summary>What is going on, in one look.</summary>
/// <param name="At">When it was read, by the database's clock.</param>
/// <param name="Service">The name of the service.</param>
/// <param name="Version">The version of the process that answers.</param>
/// <param name="Store">The database: PostgreSQL or SQLite.</param>
/// <param name="Attention">What needs attention, the most severe first.</param>
/// <param name="Totals">The tasks by state.</param>
/// <param name="Rates">Tasks per second in the last full minute.</param>
/// <param name="AcceptedToEffect">The time from acceptance to effect in the last five minutes.</param>
/// <param name="Queues">The queues, ordered by name.</param>
/// <param name="Workers">The processes that are alive.</param>
/// <param name="Unavailable">What did not answer, such as <c>broker</c>; empty if everything did.</param>
internal sealed record OverviewView(
    DateTimeOffset At,
    string Service,
    string Version,
    string Store,
    IReadOnlyList<Attention> Attention,
    TotalsView Totals,
    TaskRates Rates,
    EffectPercentiles AcceptedToEffect,
    IReadOnlyList<QueueOverview> Queues,
    WorkersSummary Workers,
    IReadOnlyList<string> Unavailable)
{
    public static OverviewView Of(OverviewRecord overview, ServiceIdentity service, string store) => new(
        overview.At,
        service.Name,
        service.Version,
        store,
        overview.Attention,
        TotalsView.Of(overview),
        overview.Recent.RatesOf(queue: null),
        overview.Recent.EffectsOf(queue: null),
        [.. overview.Queues.Select(queue => new QueueOverview(queue))],
        WorkersSummary.Of(overview.Processes),
        overview.Unavailable);
}

/// <summary>The processes that are alive, in figures.</summary>
/// <param name="Processes">How many there are.</param>
/// <param name="Consuming">How many consume a queue.</param>
/// <param name="Dispatching">How many dispatch the outbox.</param>
/// <param name="RunningSchedules">How many run schedules.</param>
/// <param name="InFlight">Messages in flight, of all of them.</param>
internal sealed record WorkersSummary(int Processes, int Consuming, int Dispatching, int RunningSchedules, int InFlight)
{
    public static WorkersSummary Of(IReadOnlyList<ProcessRecord> processes) => new(
        processes.Count,
        processes.Count(p => p.Queues.Count > 0),
        processes.Count(p => p.Dispatches),
        processes.Count(p => p.RunsSchedules),
        processes.Sum(p => p.Queues.Sum(q => q.InFlight)));
}
