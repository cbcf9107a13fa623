namespace Messaging.Outbox.Store;

/// <summary>The seam for the figures of all processes, which one of them reads at a time.</summary>
internal interface IFigureStore
{
    /// <summary>
    /// Takes or renews the reporter's lease, adds up what was counted since, and reads the figures: all from one snapshot.
    /// </summary>
    /// <returns>Null if another process holds the lease.</returns>
    Task<IReadOnlyList<Figure>?> ReadAsync(FigureTurn turn, CancellationToken cancellationToken);

    /// <summary>
    /// Adds up, in steps, what was counted since, if it is more than one reading can add up in its time: a process that cannot read for a while lets it grow. What
    /// a step has added stays added when a later one fails. Does nothing if another process holds the lease, or the store has no such limit.
    /// </summary>
    Task CatchUpAsync(FigureTurn turn, CancellationToken cancellationToken);

    /// <summary>Gives the lease back, so that another process need not wait until it ends; does nothing if another one holds it.</summary>
    Task ReleaseAsync(Guid holder, CancellationToken cancellationToken);

    /// <summary>
    /// Counts the rows of tasks that have not ended, and compares them with what was counted where they changed. That reads all tasks, and may
    /// take minutes; nobody waits for it meanwhile, and a cancellation ends it soon.
    /// </summary>
    /// <returns>By how much the rows differ, by <see cref="TaskState"/>: it belongs into the next <see cref="FigureTurn"/>.</returns>
    Task<IReadOnlyList<long>> CountRowsAsync(CancellationToken cancellationToken);
}

/// <summary>A request for the figures.</summary>
/// <param name="Holder">The process, or host.</param>
/// <param name="Exports">Whether somebody listens to its figures.</param>
/// <param name="HoldFor">How long no other process may take the lease.</param>
/// <param name="Off">What <see cref="IFigureStore.CountRowsAsync"/> has found since the last turn; empty for nothing new.</param>
/// <param name="Now">The store's current time.</param>
/// <param name="AliveSince">The time since when a worker has reported that is alive.</param>
internal sealed record FigureTurn(Guid Holder, bool Exports, TimeSpan HoldFor, IReadOnlyList<long> Off, DateTimeOffset Now, DateTimeOffset AliveSince)
{
    /// <summary>Whether all figures are read. Otherwise only those of the balance are.</summary>
    public bool ReadsAll { get; init; } = Exports;

    /// <summary>Whether a row of the outbox stays until its consumers are done, and not only until it is sent.</summary>
    public bool ConsumersSettle { get; init; }

    /// <summary>A lease for longer than this is one of a clock that was wrong, and free.</summary>
    public static readonly TimeSpan LongestHold = TimeSpan.FromHours(1);
}

/// <summary>One of the figures (<see cref="FigureSql"/>).</summary>
/// <param name="Name">What it is.</param>
/// <param name="Of">The queue or the state; null for neither, or for an unknown queue.</param>
/// <param name="Amount">The number.</param>
/// <param name="At">A time.</param>
internal sealed record Figure(string Name, string? Of, long? Amount, DateTimeOffset? At);
