using System.Text.Encodings.Web;
using System.Text.Json;
using MassTransit;
using Messaging.Contracts;
using Messaging.Outbox;

namespace Messaging.Worker.Logs;

/// <summary>
/// Appends to the activity log. The row is committed together with the inbox entry, and with what other messages stage at the
/// same time: one round trip for many entries, and no entry twice.
/// </summary>
internal sealed class LogRequestedConsumer(IUnitOfWork unit) : IConsumer<LogRequested>, IStagingConsumer
{
    // Writes a quote as 2 characters instead of 6: the JSON is never part of a web page.
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public Task Consume(ConsumeContext<LogRequested> context)
    {
        var entry = context.Message;
        unit.Execute(
            "INSERT INTO activity_log (id, level, message, properties, logged_at, source) VALUES ($1, $2, $3, $4, $5, $6)",
            context.GetOriginalMessageId(),
            (short)entry.Level,
            entry.Message,
            JsonSerializer.Serialize(entry.Properties, Json),
            entry.LoggedAt,
            (short)entry.Source);
        return Task.CompletedTask;
    }
}
