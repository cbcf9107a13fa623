namespace Messaging.Outbox.History;

/// <summary>The attempts of a task: those that failed, the one that runs or has succeeded, and those that left no outcome.</summary>
internal static class TimelineAttempts
{
    private const int MaxMissing = 10;

    public static IEnumerable<TaskTimelineItem> Of(TimelineRows rows, IReadOnlySet<string> alive)
    {
        var task = rows.Task;
        var failed = rows.Attempts.Select(attempt => new TaskTimelineItem
        {
            At = attempt.StartedAt,
            Until = attempt.EndedAt,
            Type = TaskTimelineType.Attempt,
            Text = $"Attempt {attempt.Attempt} failed.",
            Attempt = attempt.Attempt,
            Worker = attempt.Worker,
            Error = attempt.Error,
        });
        var known = failed.Concat(Latest(task, alive, rows.Attempts.Any(attempt => attempt.Attempt == task.Attempts))).OrderBy(item => item.Attempt).ThenBy(item => item.At).ToList();
        return known.Concat(WithoutOutcome(rows, known));
    }

    private static IEnumerable<TaskTimelineItem> Latest(TaskRecord task, IReadOnlySet<string> alive, bool hasFailed)
    {
        if (task.StartedAt is not { } start || task.Attempts == 0)
        {
            yield break;
        }

        var item = new TaskTimelineItem { At = start, Type = TaskTimelineType.Attempt, Text = "", Attempt = task.Attempts, Worker = task.Worker };
        if (task.State == TaskState.Succeeded)
        {
            // The end is the beginning of its commit's transaction, by the database's clock.
            yield return item with { At = task.FinishedAt < start ? task.FinishedAt.Value : start, Until = task.FinishedAt, Text = $"Attempt {task.Attempts} succeeded." };
        }
        else if (task.State == TaskState.Running)
        {
            var isGone = task.Worker is { } worker && !alive.Contains(worker);
            var progress = task.Progress is { } percent ? $" It has reported {percent} %{(task.ProgressText is { } text ? $" ({text})" : "")}." : "";
            yield return item with
            {
                Type = TaskTimelineType.Running,
                Text = isGone ? $"Attempt {task.Attempts} was running on a worker that is not alive any more: its message is delivered again." : $"Attempt {task.Attempts} is running.{progress}",
            };
        }
        else if (!hasFailed)
        {
            // Cancelled meanwhile, sent again as lost, or done with a part of long work: the row shows only that it began.
            yield return item with { Text = task.State == TaskState.Cancelled ? $"Attempt {task.Attempts} had begun when the task was cancelled." : $"Attempt {task.Attempts} began, and did not end the task." };
        }
    }

    /// <summary>The numbers that are missing before a known attempt, between the end of the one before and the beginning of the next.</summary>
    private static IEnumerable<TaskTimelineItem> WithoutOutcome(TimelineRows rows, List<TaskTimelineItem> known)
    {
        var (last, end) = rows.Attempts.Count < TimelineRows.MaxAttempts ? (0, rows.Task.CreatedAt) : (known[0].Attempt!.Value, known[0].At);
        foreach (var item in known)
        {
            foreach (var (first, count) in Missing(last + 1, item.Attempt!.Value - last - 1))
            {
                yield return new TaskTimelineItem
                {
                    At = end,
                    Until = item.At > end ? item.At : end,
                    Type = TaskTimelineType.Attempt,
                    Text = count == 1
                        ? $"Attempt {first} left no outcome: its worker died, or could not write one."
                        : $"Attempts {first} to {first + count - 1} left no outcome: their workers died, or could not write one.",
                    Attempt = first,
                };
            }

            (last, end) = (Math.Max(last, item.Attempt!.Value), item.Until ?? item.At);
        }
    }

    /// <summary>A few numbers one by one, and many as one item: a message that is delivered again and again has any number of attempts.</summary>
    private static IEnumerable<(int First, int Count)> Missing(int first, int count) =>
        count <= MaxMissing ? Enumerable.Range(first, Math.Max(0, count)).Select(number => (number, 1)) : [(first, count)];
}
