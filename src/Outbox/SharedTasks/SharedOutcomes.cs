using Messaging.Outbox.Store;

namespace Messaging.Outbox.SharedTasks;

/// <summary>
/// Decides what the outcome of one consumer means for a task with several consumers (docs/decisions/0025): Succeeded when the
/// last one succeeds; Failed as soon as one is dead-lettered, until that is redriven. Only for messages with the header
/// <c>Task-Consumers</c>.
/// </summary>
internal static class SharedOutcomes
{
    /// <summary>Writes the consumer's part and determines the task's new state (<see cref="TaskOutcome.Written"/>).</summary>
    /// <returns>False if the task was cancelled: its unit of work must be skipped.</returns>
    public static async Task<bool> ResolveAsync(TaskOutcome outcome, IStoreCommands commands, string lockRows)
    {
        outcome.Written = null;
        var share = outcome.Share!;
        var states = await commands.QueryAsync($"{TaskShareSql.Lock} {lockRows}", reader => (TaskState)reader.GetInt16(0), outcome.Id);
        if (states is not [var before] || before == TaskState.Succeeded)
        {
            return true; // past its retention, or ended
        }

        if (before == TaskState.Cancelled)
        {
            return false;
        }

        await WriteShareAsync(outcome, share, commands);
        var rows = await commands.QueryAsync(TaskShareSql.Select, reader => (Queue: reader.GetString(0), Failed: reader.GetInt16(1) != 0), outcome.Id);
        var anyFailed = rows.Exists(r => r.Failed);
        outcome.Written = outcome.State switch
        {
            TaskState.Failed => TaskState.Failed,
            TaskState.Succeeded => !anyFailed && share.Expected.AreDone([.. rows.Where(r => !r.Failed).Select(r => r.Queue)], share.IsGone) ? TaskState.Succeeded : null,
            _ => anyFailed ? null : outcome.State,
        };
        if (outcome.Written == TaskState.Succeeded)
        {
            await commands.ExecuteAsync(TaskShareSql.DeleteAll, outcome.Id);
        }
        else if (outcome.Written is null)
        {
            await commands.ExecuteAsync(TaskShareSql.WritePart, TaskShareSql.Part(outcome, anyFailed));
        }

        return true;
    }

    private static async Task WriteShareAsync(TaskOutcome outcome, TaskShare share, IStoreCommands commands)
    {
        if (outcome.State == TaskState.Succeeded && share.ConsumerId is { } consumer)
        {
            await commands.ExecuteAsync(TaskShareSql.DeleteFailed, outcome.Id, share.Queue);
            await commands.ExecuteAsync(TaskShareSql.InsertDone, outcome.Id, consumer, share.Queue, share.Expected.ToString());
        }
        else if (outcome.State == TaskState.Failed)
        {
            await commands.ExecuteAsync(TaskShareSql.InsertFailed, outcome.Id, TaskShare.DeadLetteredOn(share.Queue), share.Queue, share.Expected.ToString());
        }
    }
}
