using Messaging.Outbox.Audit;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Overview;

/// <summary>What is going on, of all processes.</summary>
/// <param name="At">When it was read, by the store's clock.</param>
/// <param name="Tasks">The tasks by state, and the balance.</param>
/// <param name="Recent">What happened to tasks in the last hour.</param>
/// <param name="Queues">The queues, ordered by name.</param>
/// <param name="Processes">The processes that are alive.</param>
/// <param name="DeadLetters">Dead letters without a decision, counted to 100,000.</param>
/// <param name="NewestDeadLetter">The newest of them; null if there is none.</param>
/// <param name="Attention">What needs attention, the most severe first.</param>
/// <param name="Unavailable">What did not answer.</param>
internal sealed record OverviewRecord(
    DateTimeOffset At,
    TaskTotals Tasks,
    RecentCounts Recent,
    IReadOnlyList<QueueFigures> Queues,
    IReadOnlyList<ProcessRecord> Processes,
    long DeadLetters,
    Guid? NewestDeadLetter,
    IReadOnlyList<Attention> Attention,
    IReadOnlyList<string> Unavailable)
{
    /// <summary>Whether <see cref="DeadLetters"/> is a lower bound.</summary>
    public bool DeadLettersAreCapped => DeadLetters >= FigureSql.Cap;
}

/// <summary>A queue with its recent figures.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Rates">What happened to its tasks in the last full minute.</param>
/// <param name="Depths">Its depth at each of the last thirty minutes, the oldest first.</param>
/// <param name="Pause">Who paused it and when; null if it is not paused, or if that is not known.</param>
internal sealed record QueueFigures(QueueRecord Queue, TaskRates Rates, IReadOnlyList<long> Depths, AuditMark? Pause)
{
    /// <summary>Messages in flight as a share of what all its workers take at once, 0 to 1; null without a worker.</summary>
    public double? Utilisation =>
        Queue.Consumers.Sum(c => c.Concurrency) is > 0 and var slots ? Math.Round(Math.Min(1, (double)Queue.InFlight / slots), 3) : null;
}
