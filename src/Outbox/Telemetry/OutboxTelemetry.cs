namespace Messaging.Outbox;

/// <summary>
/// The names by which a host subscribes to the outbox's telemetry: <c>AddSource(OutboxTelemetry.Name)</c> and
/// <c>AddMeter(OutboxTelemetry.Name)</c>. docs/decisions/0042 lists all spans and instruments.
/// </summary>
public static class OutboxTelemetry
{
    /// <summary>The name of the <see cref="System.Diagnostics.ActivitySource"/> and of the <see cref="System.Diagnostics.Metrics.Meter"/>.</summary>
    public const string Name = "Messaging.Outbox";
}
