using Messaging.Outbox.Overview;

namespace Messaging.Outbox.AspNetCore.Overview;

/// <summary>The tasks by state when the overview was read; of the last hour, as it was last added up, some seconds ago.</summary>
/// <param name="Waiting">Tasks that wait for another one.</param>
/// <param name="Scheduled">Tasks that are due later.</param>
/// <param name="Queued">Tasks that are due.</param>
/// <param name="Running">Tasks that have been running for more than a moment.</param>
/// <param name="Retrying">Tasks whose next attempt is due later.</param>
/// <param name="Blocked">Tasks that wait for one that failed or was cancelled.</param>
/// <param name="DeadLetters">Dead letters without a decision, counted to 100,000.</param>
/// <param name="DeadLettersAreCapped">Whether <c>deadLetters</c> is a lower bound.</param>
/// <param name="NewestDeadLetterId">The newest dead letter without a decision; null if there is none. With their number it says whether a list of them has changed.</param>
/// <param name="SucceededLastHour">Tasks that succeeded in the last hour.</param>
/// <param name="FailedLastHour">Tasks that failed in the last hour, without those that were redriven.</param>
/// <param name="CancelledLastHour">Tasks that were cancelled in the last hour, without those that were retried.</param>
/// <param name="Accepted">Tasks that were accepted since the tables exist.</param>
/// <param name="Balance">Accepted tasks that have neither ended nor are there: 0, unless work was lost or counted twice.</param>
/// <param name="BalanceIsKnown">Whether a process adds up; if not, the balance and the figures of the last hour may be old.</param>
/// <param name="AreCurrent">Whether the tasks by state are at most some seconds old.</param>
internal sealed record TotalsView(
    long Waiting,
    long Scheduled,
    long Queued,
    long Running,
    long Retrying,
    long Blocked,
    long DeadLetters,
    bool DeadLettersAreCapped,
    Guid? NewestDeadLetterId,
    long SucceededLastHour,
    long FailedLastHour,
    long CancelledLastHour,
    long Accepted,
    long Balance,
    bool BalanceIsKnown,
    bool AreCurrent)
{
    public static TotalsView Of(OverviewRecord overview)
    {
        var (tasks, minutes) = (overview.Tasks, overview.Recent.Minutes);
        return new TotalsView(
            tasks[TaskState.Waiting],
            tasks[TaskState.Scheduled],
            tasks[TaskState.Queued],
            tasks[TaskState.Running],
            tasks[TaskState.Retrying],
            tasks[TaskState.Blocked],
            overview.DeadLetters,
            overview.DeadLettersAreCapped,
            overview.NewestDeadLetter,
            Math.Max(0, minutes.Sum(m => m.Succeeded)),
            Math.Max(0, minutes.Sum(m => m.Failed)),
            Math.Max(0, minutes.Sum(m => m.Cancelled)),
            tasks.Accepted,
            tasks.Balance,
            tasks.IsKnown,
            tasks.AreCurrent);
    }
}
