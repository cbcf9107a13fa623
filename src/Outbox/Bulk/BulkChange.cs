using System.Globalization;

namespace Messaging.Outbox.Bulk;

/// <summary>What was changed in one transaction.</summary>
/// <param name="Ids">The tasks or dead letters that were changed.</param>
internal sealed record BulkChange(IReadOnlyList<Guid> Ids)
{
    public static readonly BulkChange None = new([]);

    /// <summary>The tasks of dead letters; null if <see cref="Ids"/> are those of tasks.</summary>
    public IReadOnlyList<Guid>? Tasks { get; init; }

    /// <summary>How many tasks were not cancelled, because too many others would have to be cancelled with them.</summary>
    public int TooLarge { get; init; }

    /// <summary>How many dead letters were not redriven, because the other queue takes no messages of their types.</summary>
    public int NotTaken { get; init; }

    /// <summary>Why some were not changed that could be changed in another way; null if there are none.</summary>
    public string? Reason =>
        TooLarge > 0 ? string.Create(
            CultureInfo.InvariantCulture,
            $"{TooLarge} not cancelled, because more than 10,000 tasks come after {(TooLarge == 1 ? "it" : "each")}: cancel with successors=Keep, and then cancel those.")
        : NotTaken > 0 ? string.Create(
            CultureInfo.InvariantCulture, $"{NotTaken} not redriven, because the queue takes no messages of {(NotTaken == 1 ? "its type" : "their types")}: redrive them to one that does.")
        : null;

    /// <summary>The same without a number, for an action of which this is one step of many.</summary>
    public string? ReasonOfSome =>
        TooLarge > 0 ? "Some were not cancelled, because more than 10,000 tasks come after each: cancel with successors=Keep, and then cancel those."
        : NotTaken > 0 ? "Some were not redriven, because the queue takes no messages of their types: redrive them to one that does."
        : null;
}
