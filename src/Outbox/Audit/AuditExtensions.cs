using Messaging.Outbox.Audit;
using Messaging.Outbox.Staging;

namespace Messaging.Outbox;

/// <summary>Adds entries to the audit log.</summary>
public static class AuditExtensions
{
    private const int MaxAction = 100;

    /// <summary>Stages an audit entry: it is committed together with the change that it records, or not at all.</summary>
    /// <param name="unit">The unit of work of the change.</param>
    /// <param name="at">The time of the change.</param>
    /// <param name="who">The name of the access key.</param>
    /// <param name="action">The action, such as <c>data.read</c>; at most 100 characters.</param>
    /// <param name="target">The object of the action.</param>
    /// <param name="details">Further details as JSON.</param>
    public static void Audit(this IUnitOfWork unit, DateTimeOffset at, string who, string action, string target, string? details = null)
    {
        ArgumentNullException.ThrowIfNull(unit);
        ArgumentException.ThrowIfNullOrEmpty(who);
        ArgumentException.ThrowIfNullOrEmpty(action);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(action.Length, MaxAction, nameof(action));
        ArgumentException.ThrowIfNullOrEmpty(target);
        var own = unit as UnitOfWork ?? throw new ArgumentException("The unit of work must be that of a scope of this outbox.", nameof(unit));
        own.ExecuteOwn(AuditSql.Insert, AuditSql.Parameters(AuditSql.Entry(at, who, action, target, details: details)));
    }
}
