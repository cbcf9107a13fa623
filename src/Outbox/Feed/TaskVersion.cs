using System.Globalization;
using Messaging.Outbox.Inbox;

namespace Messaging.Outbox.Feed;

/// <summary>Names what a task has become, so that two states of it can be told apart, also by another process. It says nothing by itself.</summary>
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
