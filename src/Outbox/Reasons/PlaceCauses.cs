namespace Messaging.Outbox.Reasons;

/// <summary>Where a task is that nothing on its way holds up.</summary>
internal static class PlaceCauses
{
    /// <summary>A task whose row is still in the outbox.</summary>
    /// <param name="task">The task.</param>
    /// <param name="row">Its row.</param>
    /// <param name="isInMemory">Whether a claimed row has been given to the consumers of this process.</param>
    /// <param name="dispatchers">The number of processes that dispatch.</param>
    /// <param name="now">The current time.</param>
    public static Cause InOutbox(OpenTask task, OutboxRow row, bool isInMemory, int dispatchers, DateTimeOffset now)
    {
        var since = $"It has been due since {Words.At(row.DueAt, now)}";
        if (row.Before > 0 && task.Queue is { } queue)
        {
            var before = row.HasMore ? $"at least {Words.Count(row.Before, "message")}" : Words.Count(row.Before, "message");
            return new Cause(TaskReasonCode.BehindOthers, $"{since}, and {before} of queue {queue} were due before it{Consumed(task)}.", "") { Since = row.DueAt };
        }

        return row.IsClaimed && isInMemory
            ? new Cause(TaskReasonCode.AtBroker, $"{since}, and its message was given to the consumers of this process{Consumed(task)}.", "") { Since = row.DueAt }
            : new Cause(TaskReasonCode.AwaitsDispatch, $"{since}, and its row waits to be dispatched: {Words.Count(dispatchers, "process")} dispatch{(dispatchers == 1 ? "es" : "")}.", "") { Since = row.DueAt };
    }

    /// <summary>A task whose row was not found.</summary>
    /// <param name="task">The task.</param>
    /// <param name="sent">The batch in which it was sent, if that was found.</param>
    /// <param name="isLost">Whether nobody shows it any more.</param>
    /// <param name="now">The current time.</param>
    public static Cause Sent(OpenTask task, SentMessage? sent, bool isLost, DateTimeOffset now)
    {
        if (sent is null && task.Depth is null)
        {
            return new Cause(TaskReasonCode.AtBroker, "Its queue is not known, and its row was not found in the outbox where it could be, so its message was sent or is one of many.", "");
        }

        if (sent is null && task.Search != RowSearch.Whole)
        {
            return new Cause(
                TaskReasonCode.BehindOthers,
                task.Search == RowSearch.First
                    ? $"{Start(task.QueueName)} has more than {Words.Count(OutboxRows.MaxSearched, "due row")}, and its row is not among the first: it is further back, or its message was sent{task.Waiting}."
                    : $"Its row was not looked for among all due rows of {task.QueueName}: it is one of them, or its message was sent{task.Waiting}.",
                "");
        }

        var by = sent is null ? "Its message was sent: no row of the outbox has it" : $"The broker has confirmed its message, at the latest at {Words.At(sent.By, now)}";
        if (isLost && sent is not null)
        {
            return new Cause(
                TaskReasonCode.Lost,
                $"{by}, and it is not seen any more: {task.QueueName} has no ready message, and its workers had none in flight at {Words.At(task.Status!.ReportedAt!.Value, now)}. "
                + $"The recovery looks for it at {Words.At(sent.CheckAt, now)}, and sends it again if it is lost.",
                "")
            {
                Advice = "Nothing has to be done for it. Check the broker: the runbook has OutboxMessagesLost.",
                Until = sent.CheckAt > now ? sent.CheckAt : null,
                Since = sent.By,
            };
        }

        return task.Depth is { Ready: > 0 and var ready }
            ? new Cause(TaskReasonCode.BehindOthers, $"{by}, and {Words.Count(ready, "message")} of {task.QueueName} {(ready == 1 ? "is" : "are")} ready at the broker{Consumed(task)}.", "") { Since = sent?.By }
            : new Cause(TaskReasonCode.AtBroker, $"{by}{Consumed(task)}.", "") { Since = sent?.By };
    }

    private static string Consumed(OpenTask task) =>
        task.Status is { Workers: > 0 } queue ? $"; queue {queue.Name} has {QueueCauses.InFlight(queue)} in {Words.Count(queue.Workers, "process")}" : "";

    private static string Start(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
