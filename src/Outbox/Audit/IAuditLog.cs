namespace Messaging.Outbox;

/// <summary>Reads who did what. What is done is written in the transaction of the deed.</summary>
public interface IAuditLog
{
    /// <summary>The entries that the filter lets through, newest first.</summary>
    /// <exception cref="StoreUnavailableException">
    /// The database did not answer within <see cref="OutboxOptions.CommitTimeout"/>.
    /// </exception>
    Task<IReadOnlyList<AuditEntry>> ReadAsync(AuditFilter filter, CancellationToken cancellationToken = default);
}

/// <summary>Somebody did something.</summary>
public sealed record AuditEntry
{
    /// <summary>A UUIDv7: entries are ordered by it, and so by time.</summary>
    public required Guid Id { get; init; }

    /// <summary>When it was done.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The name of the access key, or <c>local</c> for the key that Standalone makes.</summary>
    public required string Who { get; init; }

    /// <summary>What was done, as <c>task.cancel</c>.</summary>
    public required string Action { get; init; }

    /// <summary>What it was done to.</summary>
    public required string Target { get; init; }

    /// <summary>The state that the target was in before.</summary>
    public string? FromState { get; init; }

    /// <summary>What else is to be known of it.</summary>
    public string? Details { get; init; }
}

/// <summary>Which entries are wanted; what is null lets all through.</summary>
public sealed record AuditFilter
{
    /// <summary>Of this one alone.</summary>
    public string? Who { get; init; }

    /// <summary>Of this action alone.</summary>
    public string? Action { get; init; }

    /// <summary>Of this target alone.</summary>
    public string? Target { get; init; }

    /// <summary>Only what is older than the entry with this id.</summary>
    public Guid? Before { get; init; }

    /// <summary>The largest number of entries. Default 50.</summary>
    public int Limit { get; init; } = 50;
}
