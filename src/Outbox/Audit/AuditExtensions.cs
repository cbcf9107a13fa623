using Messaging.Outbox.Audit;
using Messaging.Outbox.Staging;

namespace Messaging.Outbox;

/// <summary>Writes who did what.</summary>
public static class AuditExtensions
{
    private const int MaxAction = 100;

    /// <summary>Stages an entry of the audit: it is committed with what it tells of, or neither is.</summary>
    /// <param name="unit">The unit of work of the deed.</param>
    /// <param name="at">When it is done.</param>
    /// <param name="who">The name of the access key.</param>
    /// <param name="action">What is done, as <c>data.read</c>; at most 100 characters.</param>
    /// <param name="target">What it is done to.</param>
    /// <param name="details">What else is to be known, as JSON.</param>
    public static void Audit(this IUnitOfWork unit, DateTimeOffset at, string who, string action, string target, string? details = null)
    {
        ArgumentNullException.ThrowIfNull(unit);
        ArgumentException.ThrowIfNullOrEmpty(who);
        ArgumentException.ThrowIfNullOrEmpty(action);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(action.Length, MaxAction, nameof(action));
        ArgumentException.ThrowIfNullOrEmpty(target);
        var own = unit as UnitOfWork ?? throw new ArgumentException("It has to be the unit of work of a scope of this outbox.", nameof(unit));
        own.ExecuteOwn(AuditSql.Insert, AuditSql.Parameters(AuditSql.Entry(at, who, action, target, details: details)));
    }
}
