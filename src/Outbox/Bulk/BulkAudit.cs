using System.Text.Json;
using Messaging.Outbox.Audit;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Bulk;

/// <summary>The audit entries of bulk actions, each in the transaction of what it records.</summary>
internal static class BulkAudit
{
    /// <summary>The one entry for all that were changed in one transaction.</summary>
    public static Task<int> AtOnceAsync(
        OutboxTransaction transaction, BulkOrder order, int? given, BulkChange change, int skipped, string who, DateTimeOffset now, CancellationToken cancellationToken) =>
        WriteAsync(
            transaction,
            who,
            $"{(order.Subject == BulkSubject.Tasks ? "task" : "dead-letter")}.{NameOf(order.Action)}",
            given is null ? "filter" : "ids",
            fromState: null,
            new { count = change.Ids.Count, skipped, query = given is null ? AuditedFilter.Of(order.Filter) : null, given, order.Queue, change.Reason, change.Ids, change.Tasks },
            now,
            cancellationToken);

    public static Task<int> StartedAsync(OutboxTransaction transaction, BulkOrder order, BulkAction action, DateTimeOffset now, CancellationToken cancellationToken) => WriteAsync(
        transaction,
        action.Who,
        "bulk-action.start",
        action.Id.ToString(),
        fromState: null,
        new { action.Subject, action.Action, action.Total, action.TotalIsExact, query = order.Ids is null ? AuditedFilter.Of(action.Filter) : null, action.Queue },
        now,
        cancellationToken);

    /// <summary>The entry of one step, with the ids of what it has changed: by it one finds who did it.</summary>
    public static Task<int> SteppedAsync(OutboxTransaction transaction, BulkAction action, BulkChange change, DateTimeOffset now, CancellationToken cancellationToken) => WriteAsync(
        transaction,
        action.Who,
        AuditActions.BulkStep,
        action.Id.ToString(),
        fromState: null,
        new { action.Subject, action.Action, count = change.Ids.Count, change.Reason, change.Ids, change.Tasks },
        now,
        cancellationToken);

    /// <summary>The entry at the end, with the counts.</summary>
    /// <param name="transaction">The transaction of the end.</param>
    /// <param name="action">The action, with its counts at the end.</param>
    /// <param name="name">What has happened, such as <c>bulk-action.end</c>.</param>
    /// <param name="who">Who did it.</param>
    /// <param name="now">When.</param>
    /// <param name="cancellationToken">Cancels the statement.</param>
    public static Task<int> EndedAsync(OutboxTransaction transaction, BulkAction action, string name, string who, DateTimeOffset now, CancellationToken cancellationToken) =>
        WriteAsync(
            transaction,
            who,
            name,
            action.Id.ToString(),
            nameof(BulkActionState.Running),
            new { action.Subject, action.Action, action.State, action.Done, action.Changed, action.Skipped, action.Error },
            now,
            cancellationToken);

    private static Task<int> WriteAsync(
        OutboxTransaction transaction, string who, string name, string target, string? fromState, object details, DateTimeOffset now, CancellationToken cancellationToken) =>
        transaction.WriteAsync(AuditSql.Entry(now, who, name, target, fromState, JsonSerializer.Serialize(details, JsonText.Named)), cancellationToken);

    private static string NameOf(BulkActionKind action) => action switch
    {
        BulkActionKind.Cancel => "cancel",
        BulkActionKind.Retry => "retry",
        BulkActionKind.Redrive => "redrive",
        _ => "drop",
    };
}
