using System.Globalization;

namespace Messaging.Outbox.Feed;

/// <summary>A short hash of a task's state, the same in every process. Two versions are equal if the states are.</summary>
internal static class TaskVersion
{
    public static string Of(TaskRecord task)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{(int)task.State} {task.Attempts} {task.Redrives} {task.Progress} {task.ProgressText} {task.NextAttemptAt:O} {task.StartedAt:O}");
        return DerivedId.Of(text).ToString("N")[..16];
    }
}
