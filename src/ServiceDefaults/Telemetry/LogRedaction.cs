using OpenTelemetry;
using OpenTelemetry.Logs;

namespace Messaging.ServiceDefaults.Telemetry;

/// <summary>
/// Takes e-mail addresses out of exported log entries. Ours have none; an exception that a framework logs may quote a server's
/// answer.
/// </summary>
internal sealed class LogRedaction : BaseProcessor<LogRecord>
{
    public override void OnEnd(LogRecord data)
    {
        data.FormattedMessage = data.FormattedMessage is { } message ? Redacted.Text(message) : null;
        data.Body = data.Body is { } body ? Redacted.Text(body) : null;
        var attributes = data.Attributes;
        if (data.Exception is { } exception && exception.ToString() is var text && text.Contains('@', StringComparison.Ordinal))
        {
            data.Exception = null;
            attributes =
            [
                .. attributes ?? [],
                new("exception.type", exception.GetType().FullName), new("exception.message", exception.Message), new("exception.stacktrace", text),
            ];
        }

        data.Attributes = attributes?.Any(HasAddress) == true ? [.. attributes.Select(Redact)] : attributes;
    }

    private static bool HasAddress(KeyValuePair<string, object?> attribute) => attribute.Value is string text && text.Contains('@', StringComparison.Ordinal);

    private static KeyValuePair<string, object?> Redact(KeyValuePair<string, object?> attribute) =>
        attribute.Value is string text ? new(attribute.Key, Redacted.Text(text)) : attribute;
}
