using System.Text.Json;
using Messaging.Outbox.Audit;
using Messaging.Outbox.Staging;

namespace Messaging.Outbox.Schedules;

/// <summary>Records changes of a schedule in the audit log, in the transaction of the change.</summary>
internal static class ScheduleAudit
{
    public static void Write(
        UnitOfWork unit, DateTimeOffset now, string who, string action, string name, ScheduleRecord? old, object? details) =>
        unit.ExecuteOwn(
            AuditSql.Insert,
            AuditSql.Parameters(AuditSql.Entry(
                now,
                who,
                action,
                name,
                old is null ? null : old.Paused ? "Paused" : "Active",
                details is null ? null : JsonSerializer.Serialize(details, JsonSerializerOptions.Web))));
}
