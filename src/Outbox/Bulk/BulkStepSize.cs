namespace Messaging.Outbox.Bulk;

/// <summary>How many one step changes: half as many after each failure, down to one, and slowly more again.</summary>
internal static class BulkStepSize
{
    /// <summary>The most, so that the locks of a step are short.</summary>
    public const int Max = 200;

    /// <summary>Half as many take less time and fewer locks; one alone says which one the database refuses.</summary>
    public static int AfterFailure(int size) => Math.Max(1, size / 2);

    /// <summary>An eighth more, at least one; no more after a step that took a third of its deadline, because a larger one may miss it.</summary>
    public static int AfterSuccess(int size, TimeSpan took, TimeSpan deadline) => took > deadline / 3 ? size : Math.Min(Max, size + Math.Max(1, size / 8));
}
