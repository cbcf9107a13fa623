using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Messaging.Outbox;

/// <summary>
/// Degraded if this machine's clock and the database's differ by more than <see cref="OutboxOptions.ClockTolerance"/>; the
/// description contains the difference. Not Unhealthy: stored times use the database's clock, and if that is the wrong one, all
/// processes of a service would be taken out of service at once.
/// </summary>
public sealed class StoreClockHealthCheck(StoreClock clock) : IHealthCheck
{
    /// <inheritdoc />
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(clock.Problem is { } problem ? HealthCheckResult.Degraded(problem) : HealthCheckResult.Healthy());
}
