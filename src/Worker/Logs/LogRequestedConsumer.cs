using System.Text.Json;
using MassTransit;
using Messaging.Contracts;
using Messaging.Outbox;

namespace Messaging.Worker.Logs;

/// <summary>
/// Appends to the activity log. The row is staged and committed together with the fact that the message was consumed, and with what other
/// messages stage at the same time: one round trip for many, and no row twice.
/// </summary>
internal sealed class LogRequestedConsumer(IUnitOfWork unit) : IConsumer<LogRequested>, IStagingConsumer
{
    public Task Consume(ConsumeContext<LogRequested> context)
    {
        var entry = context.Message;
        unit.Execute(
            "INSERT INTO activity_log (id, level, message, properties, logged_at) VALUES ($1, $2, $3, $4, $5)",
            context.GetOriginalMessageId(),
            (short)entry.Level,
            entry.Message,
            JsonSerializer.Serialize(entry.Properties),
            entry.LoggedAt);
        return Task.CompletedTask;
    }
}
