using Messaging.Outbox.Store;

namespace Messaging.Outbox.Bulk;

/// <summary>Searches what a bulk action is about, and decides about it with the control that decides about one.</summary>
internal interface IBulkSubject
{
    /// <summary>How many match; it takes a bounded time.</summary>
    Task<BoundedCount> CountAsync(BulkOrder order, DateTimeOffset upTo, CancellationToken cancellationToken);

    /// <summary>A page of those that match now and were there before a time, in descending order of their ids.</summary>
    /// <param name="order">What is to be done.</param>
    /// <param name="upTo">The time.</param>
    /// <param name="after">Continues below this id.</param>
    /// <param name="limit">The maximum number of ids.</param>
    /// <param name="share">Which part of the rows that a page of a list may read this one reads; more than 0, at most 1.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    Task<Page<Guid>> PageAsync(BulkOrder order, DateTimeOffset upTo, Guid? after, int limit, double share, CancellationToken cancellationToken);

    /// <summary>Does it in the scope's unit of work, without an audit entry, to those that may still be changed.</summary>
    /// <param name="order">What is to be done.</param>
    /// <param name="ids">Which ones.</param>
    /// <param name="now">The time of the change. It is that of the audit entry as well, by which one finds who did it.</param>
    /// <param name="cancellationToken">Cancels the statements.</param>
    Task<BulkChange> ActAsync(BulkOrder order, IReadOnlyList<Guid> ids, DateTimeOffset now, CancellationToken cancellationToken);
}
