namespace Messaging.Outbox;

/// <summary>Which tasks to list; what is null does not matter. Newest first.</summary>
/// <remarks>
/// Whatever the filter, a page searches a bounded number of tasks, and its <see cref="Page{T}.Next"/> says where to go on. Tasks of the states
/// that need attention, which are all but Queued and Succeeded, are searched among their own kind; others among all of the time that is asked for.
/// </remarks>
public sealed record TaskQuery
{
    /// <summary>Any of these states.</summary>
    public IReadOnlyList<TaskState> States { get; init; } = [];

    /// <summary>The kind, exactly.</summary>
    public string? Kind { get; init; }

    /// <summary>The queue, exactly.</summary>
    public string? Queue { get; init; }

    /// <summary>Stored at this moment or later. It is found by the time in the id: one that was given, and tells another time, is left out.</summary>
    public DateTimeOffset? CreatedFrom { get; init; }

    /// <summary>Stored before this moment.</summary>
    public DateTimeOffset? CreatedBefore { get; init; }

    /// <summary>A text that the last error contains, in whatever case.</summary>
    public string? Error { get; init; }

    /// <summary>Goes on after this task: <see cref="Page{T}.Next"/> of the page before.</summary>
    public Guid? After { get; init; }

    /// <summary>Items of a page. Default 50.</summary>
    public int Limit { get; init; } = 50;
}

/// <summary>A part of a list.</summary>
/// <param name="Items">
/// The items; there may be fewer than asked for, also none, though more follow: a page looks at a bounded number of rows.
/// </param>
/// <param name="Next">Where the next page begins, or null at the end.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, Guid? Next)
{
    /// <summary>How far back the page has searched: the time in <see cref="Next"/>; null at the end, and where that has no time.</summary>
    public DateTimeOffset? SearchedTo => Next is { } next && Uuid7.HasTime(next) ? Uuid7.TimeOf(next) : null;
}

/// <summary>What stands before and after a task.</summary>
/// <param name="Predecessors">The tasks that it waits for.</param>
/// <param name="Successors">The tasks that wait for it.</param>
public sealed record TaskLinks(IReadOnlyList<Guid> Predecessors, IReadOnlyList<Guid> Successors);
