using System.Text.Json;
using MassTransit;
using Messaging.Contracts;
using Messaging.Outbox;

namespace Messaging.Worker.Logs;

/// <summary>
/// Appends to the activity log, a batch at a time. The rows are staged and go to the database together, in the transaction
/// that also notes that the messages were consumed: one round trip a batch, and no row twice.
/// </summary>
internal sealed class LogRequestedConsumer(IUnitOfWork unit) : IConsumer<Batch<LogRequested>>
{
    public Task Consume(ConsumeContext<Batch<LogRequested>> context)
    {
        foreach (var entry in context.Message)
        {
            unit.Execute(
                "INSERT INTO activity_log (id, level, message, properties, logged_at) VALUES ($1, $2, $3, $4, $5)",
                entry.GetOriginalMessageId(),
                (short)entry.Message.Level,
                entry.Message.Message,
                JsonSerializer.Serialize(entry.Message.Properties),
                entry.Message.LoggedAt);
        }

        return Task.CompletedTask;
    }
}
