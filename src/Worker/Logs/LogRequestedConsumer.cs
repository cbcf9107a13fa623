using System.Text.Encodings.Web;
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
    // A quote takes 2 characters, and not 6: this is never part of a web page.
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
