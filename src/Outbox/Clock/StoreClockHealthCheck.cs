using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Messaging.Outbox;

/// <summary>
/// Degraded when this machine's clock and the database's differ by more than <see cref="OutboxOptions.ClockTolerance"/>, with the
/// difference in words. Not Unhealthy: what the process stores goes by the database's clock, and if that one is wrong, all processes of a
/// service would be taken away at once.
/// </summary>
public sealed class StoreClockHealthCheck(StoreClock clock) : IHealthCheck
{
    /// <inheritdoc />
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(clock.Problem is { } problem ? HealthCheckResult.Degraded(problem) : HealthCheckResult.Healthy());
}
