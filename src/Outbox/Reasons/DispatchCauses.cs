using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Reasons;

/// <summary>What holds up a task between its row and the broker.</summary>
internal static class DispatchCauses
{
    /// <summary>A row that is due later, though its task is not: the next part of long work, for instance.</summary>
    public static Cause? RowDueLater(OpenTask task, DateTimeOffset now) => task.Row is not { Error: null } row || row.DueAt <= now ? null : new Cause(
        TaskReasonCode.DueLater, $"Its message is due in {Words.For(row.DueAt - now)}, at {Words.At(row.DueAt, now)}.", $"its message is due at {Words.At(row.DueAt, now)}")
    {
        Until = row.DueAt,
    };

    /// <summary>The task shows the error of its row only if the message itself is the cause.</summary>
    public static Cause? Undeliverable(OpenTask task, TimeSpan undeliverableAfter, DateTimeOffset now) =>
        task.Row is not { Attempts: > 0, Error: { } error } row || error != task.Task.LastError ? null : new Cause(
            TaskReasonCode.Undeliverable,
            $"Its message could not be sent{Words.Quoted(error)}. It was tried {Words.Count(row.Attempts, "time")}{Next(row, now)}, "
            + $"and becomes a dead letter when that has gone on for {Words.For(undeliverableAfter)}.",
            "its message could not be sent")
        {
            Advice = "Start a worker whose consumer takes it, or correct what the error names; or cancel it.",
            Until = row.DueAt > now ? row.DueAt : null,
        };

    public static Cause? NoDispatcher(OpenTask task, ServiceStatus service, DateTimeOffset now) => task.Row is not { IsClaimed: false } row || service.Dispatchers > 0 ? null : new Cause(
        TaskReasonCode.NoDispatcher,
        $"No process that is alive dispatches the outbox, and its row has been due since {Words.At(row.DueAt, now)}.",
        "no process that is alive dispatches the outbox")
    {
        Advice = "Start a process with Outbox:Dispatch=true, the default.",
        Since = row.DueAt,
    };

    public static Cause? BrokerUnavailable(OpenTask task, IMessageTransport transport, IBrokerWatch watch, DateTimeOffset now)
    {
        if (watch.Problem is { } problem)
        {
            return Broker(
                $"{problem.Text.TrimEnd('.')}: process {WorkerName.Value} has seen that since {Words.At(now - problem.For, now)}{Rows(task)}.", now - problem.For);
        }

        if (!transport.IsUp)
        {
            return Broker($"Process {WorkerName.Value} does not reach the broker{Rows(task)}.", since: null);
        }

        return task.Row is { Attempts: > 0, Error: { } error } row && error != task.Task.LastError
            ? Broker($"The broker did not take its message{Words.Quoted(error)}. It was tried {Words.Count(row.Attempts, "time")}{Next(row, now)}.", since: null) with { Until = row.DueAt > now ? row.DueAt : null }
            : null;
    }

    private static Cause Broker(string message, DateTimeOffset? since) => new(TaskReasonCode.BrokerUnavailable, message, "the broker is unavailable")
    {
        Advice = "Check the broker: the runbook has OutboxBrokerUnreachable. Nothing is lost meanwhile.",
        Since = since,
    };

    private static string Rows(OpenTask task) => task.Depth is { } depth ? $"; {depth.InWords} of queue {task.Queue} {(depth.Total == 1 ? "waits" : "wait")} in the outbox" : "";

    private static string Next(OutboxRow row, DateTimeOffset now) => row.DueAt > now ? $", is tried again in {Words.For(row.DueAt - now)}, at {Words.At(row.DueAt, now)}" : ", is tried again now";
}
