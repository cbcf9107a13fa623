namespace Messaging.Outbox;

/// <summary>Reads the audit log. Entries are written in the transaction of the change that they record.</summary>
public interface IAuditLog
{
    /// <summary>The entries that match the filter, newest first, however many it has to read for them.</summary>
    /// <exception cref="StoreUnavailableException">
    /// The database did not answer within <see cref="OutboxOptions.CommitTimeout"/>.
    /// </exception>
    Task<IReadOnlyList<AuditEntry>> ReadAsync(AuditFilter filter, CancellationToken cancellationToken = default);

    /// <summary>
    /// A page of the entries that match the filter, newest first. It searches a bounded number of them, so that it may have fewer than the limit, also none:
    /// <see cref="Page{T}.Next"/> is where to go on (<see cref="AuditFilter.Before"/>), and null at the end.
    /// </summary>
    /// <exception cref="StoreUnavailableException">
    /// The database did not answer within <see cref="OutboxOptions.CommitTimeout"/>.
    /// </exception>
    Task<Page<AuditEntry>> PageAsync(AuditFilter filter, CancellationToken cancellationToken = default);

    /// <summary>An entry; null if it does not exist, or its retention has expired.</summary>
    /// <exception cref="StoreUnavailableException">
    /// The database did not answer within <see cref="OutboxOptions.CommitTimeout"/>.
    /// </exception>
    Task<AuditEntry?> FindAsync(Guid id, CancellationToken cancellationToken = default);
}

/// <summary>An entry of the audit log.</summary>
public sealed record AuditEntry
{
    /// <summary>The id, a UUIDv7: entries are ordered by it, and so by time.</summary>
    public required Guid Id { get; init; }

    /// <summary>The time of the action.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The name of the access key; <c>local</c> for the key that the standalone process creates.</summary>
    public required string Who { get; init; }

    /// <summary>The action, such as <c>task.cancel</c>.</summary>
    public required string Action { get; init; }

    /// <summary>The object of the action.</summary>
    public required string Target { get; init; }

    /// <summary>The state of the target before the action.</summary>
    public string? FromState { get; init; }

    /// <summary>Further details as JSON.</summary>
    public string? Details { get; init; }
}

/// <summary>A filter of audit entries; a null property matches all entries.</summary>
public sealed record AuditFilter
{
    /// <summary>Only entries of this name.</summary>
    public string? Who { get; init; }

    /// <summary>Only entries of this action.</summary>
    public string? Action { get; init; }

    /// <summary>Only entries of this target.</summary>
    public string? Target { get; init; }

    /// <summary>Only entries of this time or later.</summary>
    public DateTimeOffset? AtFrom { get; init; }

    /// <summary>Only entries before this time.</summary>
    public DateTimeOffset? AtBefore { get; init; }

    /// <summary>Only entries older than the one with this id.</summary>
    public Guid? Before { get; init; }

    /// <summary>The maximum number of entries. Default 50.</summary>
    public int Limit { get; init; } = 50;
}
