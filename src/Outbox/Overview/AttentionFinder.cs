using System.Globalization;
using Messaging.Outbox.Reasons;

namespace Messaging.Outbox.Overview;

/// <summary>Finds what needs attention, in the words of the alerts.</summary>
internal static class AttentionFinder
{
    /// <param name="overview">The overview, without what needs attention.</param>
    /// <param name="facts">What else there is to know.</param>
    /// <param name="brokerIsUp">Whether this process reaches the broker.</param>
    /// <param name="brokerProblem">Why it does not, as a sentence; null if nobody watches.</param>
    /// <param name="process">The name of this process.</param>
    /// <param name="shortage">What is short of space; null if nothing is.</param>
    /// <returns>The most severe first.</returns>
    public static IReadOnlyList<Attention> Find(OverviewRecord overview, AttentionFacts facts, bool brokerIsUp, string? brokerProblem, string process, string? shortage) =>
    [
        .. Whole(overview, facts, brokerIsUp, brokerProblem, process, shortage)
            .Concat(overview.Queues.SelectMany(queue => OfQueue(queue, overview, facts)))
            .Concat(facts.Schedules.Select(schedule => OfSchedule(schedule, overview.At)))
            .OrderBy(a => a.Severity).ThenBy(a => a.Code).ThenBy(a => a.Target, StringComparer.Ordinal),
    ];

    private static IEnumerable<Attention> Whole(OverviewRecord overview, AttentionFacts facts, bool brokerIsUp, string? brokerProblem, string process, string? shortage)
    {
        if (overview.Tasks is { IsKnown: true, Balance: not 0 and var balance })
        {
            yield return AttentionWords.Say(AttentionCode.BalanceOff, $"{Words.Count(Math.Abs(balance), "task")} {(Math.Abs(balance) == 1 ? "is" : "are")} lost or counted twice");
        }

        if (!brokerIsUp)
        {
            var reason = brokerProblem is null ? "" : $"{brokerProblem.TrimEnd('.')}. ";
            yield return AttentionWords.Say(
                AttentionCode.BrokerUnavailable, $"{reason}{process} gets no confirmation from the broker: requests are accepted and stored, and it sends and consumes nothing until then", process);
        }

        var paused = overview.Queues.Where(q => q.Queue.Settings.Paused).Select(q => q.Queue.Settings.Name).ToHashSet(StringComparer.Ordinal);
        var due = facts.Due.Where(d => d.Queue is null || !paused.Contains(d.Queue)).ToList();
        if (due.Count > 0 && brokerIsUp && !overview.Processes.Any(p => p.Dispatches))
        {
            yield return AttentionWords.Say(AttentionCode.NoDispatcher, "Messages are due, the broker is up, and no process dispatches");
        }

        foreach (var (queue, since) in due.Where(d => overview.At - d.Since > AttentionWords.DueFor))
        {
            yield return AttentionWords.Say(AttentionCode.OldestDue, $"A message for {queue ?? "an unknown queue"} has been due for {Words.For(overview.At - since)}", queue);
        }

        if (shortage is not null)
        {
            yield return AttentionWords.Say(AttentionCode.StorageLow, shortage.TrimEnd('.'));
        }

        foreach (var (queue, count) in facts.NewDeadLetters)
        {
            yield return AttentionWords.Say(
                AttentionCode.DeadLetters, $"{Words.Count(count, "new dead letter")} of {queue} in {AttentionWords.NewDeadLetters.TotalMinutes:0} minutes", queue);
        }

        if (facts.Undelivered > 0)
        {
            yield return AttentionWords.Say(AttentionCode.UndeliverableMessages, $"{Words.Count(facts.Undelivered, "message")} could not be sent and became dead letters");
        }
    }

    private static IEnumerable<Attention> OfQueue(QueueFigures figures, OverviewRecord overview, AttentionFacts facts)
    {
        var (queue, name) = (figures.Queue, figures.Queue.Settings.Name);
        var waits = queue.Depth ?? (facts.Due.Any(d => d.Queue == name) ? 1 : 0);
        if (waits > 0 && queue.Consumers.Count == 0)
        {
            yield return AttentionWords.Say(AttentionCode.NoWorker, $"{Waiting(waits)} in {name}, and no worker consumes it", name);
        }

        if (waits > 0 && queue.Settings.Paused && (figures.Pause is not { } pause || overview.At - pause.At >= AttentionWords.PausedFor))
        {
            var since = figures.Pause is { } known ? $"for {Words.For(overview.At - known.At)} by {known.Who}" : "for long";
            yield return AttentionWords.Say(AttentionCode.QueuePaused, $"{name} has been paused {since}, and {Waiting(waits)}", name, "Resume it when its work may go on.");
        }

        if (RetriesOf(figures, overview) is > AttentionWords.RetryShare and var share)
        {
            yield return AttentionWords.Say(
                AttentionCode.RetryRate,
                string.Create(CultureInfo.InvariantCulture, $"{share:0%} of the executions of {name} fail and are retried: something that the consumer needs does not work"),
                name);
        }
    }

    /// <summary>The share of the attempts of the last minutes that ended no task. An attempt that is running has not failed.</summary>
    private static double? RetriesOf(QueueFigures figures, OverviewRecord overview)
    {
        var minutes = overview.Recent.Of(figures.Queue.Settings.Name).Where(m => m.Minute > overview.At - AttentionWords.RetriesOver).ToList();
        var attempts = minutes.Sum(m => m.Attempts);
        var retried = attempts - minutes.Sum(m => Math.Max(0, m.Succeeded) + Math.Max(0, m.Failed)) - figures.Queue.InFlight;
        return attempts > 0 ? (double)retried / attempts : null;
    }

    private static Attention OfSchedule((string Name, string? Error, DateTimeOffset? DueAt) schedule, DateTimeOffset now) =>
        schedule.Error is { } error
            ? AttentionWords.Say(AttentionCode.ScheduleError, $"The schedule {schedule.Name} has stopped: {error.TrimEnd('.')}", schedule.Name, "Replace it or resume it.")
            : AttentionWords.Say(AttentionCode.ScheduleError, $"The schedule {schedule.Name} is late by {Words.For(now - schedule.DueAt!.Value)}", schedule.Name);

    private static string Waiting(long messages) => $"{Words.Count(messages, "message")} {(messages == 1 ? "waits" : "wait")}";
}
