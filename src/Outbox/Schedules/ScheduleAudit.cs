using System.Text.Json;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Schedules;

/// <summary>Notes in the audit what is done to a schedule, in the transaction that does it.</summary>
internal static class ScheduleAudit
{
    public static void Write(
        UnitOfWork unit, DateTimeOffset now, string who, string action, string name, ScheduleRecord? old, object? details) =>
        unit.Execute(
            "INSERT INTO audit (id, at, who, action, target, from_state, details) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            Guid.CreateVersion7(),
            new StoreTime(now),
            who,
            action,
            name,
            old is null ? null : old.Paused ? "Paused" : "Active",
            details is null ? null : JsonSerializer.Serialize(details, JsonSerializerOptions.Web));
}
