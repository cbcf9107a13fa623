using Messaging.Outbox.Store;

namespace Messaging.Outbox.Bulk;

/// <summary>Searches what a bulk action is about, and decides about it with the control that decides about one.</summary>
internal interface IBulkSubject
{
    /// <summary>How many match; it takes a bounded time.</summary>
    Task<BoundedCount> CountAsync(BulkOrder order, DateTimeOffset upTo, CancellationToken cancellationToken);

    /// <summary>A page of those that match now and were there before a time, in descending order of their ids.</summary>
    Task<Page<Guid>> PageAsync(BulkOrder order, DateTimeOffset upTo, Guid? after, int limit, CancellationToken cancellationToken);

    /// <summary>Does it in the scope's unit of work, without an audit entry, to those that may still be changed.</summary>
    /// <param name="order">What is to be done.</param>
    /// <param name="ids">Which ones.</param>
    /// <param name="now">The time of the change. It is that of the audit entry as well, by which one finds who did it.</param>
    /// <param name="cancellationToken">Cancels the statements.</param>
    Task<BulkChange> ActAsync(BulkOrder order, IReadOnlyList<Guid> ids, DateTimeOffset now, CancellationToken cancellationToken);
}
