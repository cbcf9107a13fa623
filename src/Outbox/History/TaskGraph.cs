namespace Messaging.Outbox;

/// <summary>Tasks that are linked.</summary>
/// <param name="Nodes">The tasks, the one that was asked for first and the nearest ones next.</param>
/// <param name="Edges">The links between them.</param>
/// <param name="IsCapped">Whether more tasks are linked to them.</param>
public sealed record TaskGraph(IReadOnlyList<TaskNode> Nodes, IReadOnlyList<TaskEdge> Edges, bool IsCapped)
{
    /// <summary>The maximum number of tasks.</summary>
    public const int MaxNodes = 200;
}

/// <summary>A task of a graph.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="State">Its state.</param>
/// <param name="Queue">Its queue, if it is known.</param>
/// <param name="CreatedAt">When it was stored.</param>
/// <param name="FinishedAt">When it succeeded, failed or was cancelled.</param>
/// <param name="LastError">The error of its last failed attempt.</param>
public sealed record TaskNode(
    Guid Id, string Kind, TaskState State, string? Queue, DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt, string? LastError);

/// <summary>A link: <paramref name="To"/> starts when <paramref name="From"/> has succeeded.</summary>
/// <param name="From">The task before.</param>
/// <param name="To">The task after.</param>
public sealed record TaskEdge(Guid From, Guid To);
