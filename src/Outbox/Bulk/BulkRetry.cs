using System.Globalization;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Bulk;

/// <summary>What follows when a step has failed: the next attempt, or the end of the action (docs/decisions/0054 has the states).</summary>
/// <param name="Size">How many the next attempt changes.</param>
/// <param name="Pause">How long to wait for it. Any process makes it.</param>
/// <param name="Error">What has happened; at the end, what to do about it as well.</param>
/// <param name="IsLast">Whether there is none: the action has failed.</param>
internal sealed record BulkRetry(int Size, TimeSpan Pause, string Error, bool IsLast)
{
    /// <summary>
    /// How long an action goes on without finishing a step: longer than a failover, a large index build or an hour's peak that ebbs away takes, and shorter
    /// than an operator waits before asking what has become of it.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    /// <summary>The longest pause.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    /// <summary>How many attempts it makes at least: while the database is out of reach none is counted, and the time passes all the same.</summary>
    public const int AtLeast = 10;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);

    /// <param name="running">The action before the failure.</param>
    /// <param name="failure">The failure.</param>
    /// <param name="now">The time of the failure, by the database's clock.</param>
    public static BulkRetry After(RunningBulkAction running, BulkStepException failure, DateTimeOffset now)
    {
        var (cause, error) = (failure.InnerException!, FailureText.Of(failure.InnerException!));
        if (SqlErrors.IsPermanent(cause))
        {
            // The same statement is refused each time. With fewer it is another one: at once, down to the one that is refused.
            return running.Size > 1
                ? new BulkRetry(BulkStepSize.AfterFailure(running.Size), TimeSpan.Zero, error, IsLast: false)
                : new BulkRetry(1, TimeSpan.Zero, Refused(running, failure, error), IsLast: true);
        }

        var isOver = running.Failures + 1 >= AtLeast && now - (running.FailingSince ?? now) >= Patience;
        return new BulkRetry(BulkStepSize.AfterFailure(running.Size), PauseAfter(running.Failures + 1), isOver ? Stuck(error) : error, isOver);
    }

    /// <summary>2, 4, 8, 16, 32 and then 60 seconds.</summary>
    /// <param name="failures">How many there were in a row; 1 or more.</param>
    public static TimeSpan PauseAfter(int failures) => failures > 5 ? LongestPause : FirstPause * (1 << (failures - 1));

    private static string Refused(RunningBulkAction running, BulkStepException failure, string error)
    {
        var what = failure.Only is not { } id ? (failure.IsOfSearch ? "the search" : "the step") : running.Action.Subject == BulkSubject.Tasks ? $"the change of task {id}" : $"the change of dead letter {id}";
        return $"The database refuses {what}, and would each time. What was done stays done; correct the cause and ask for the rest again. {error}";
    }

    private static string Stuck(string error) => string.Create(
        CultureInfo.InvariantCulture,
        $"No step could be finished for {Patience.TotalMinutes} minutes, not even of one alone. What was done stays done; see what locks or overloads the database, and ask for the rest again. {error}");
}
