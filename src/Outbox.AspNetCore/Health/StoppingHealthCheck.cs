using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Messaging.Outbox.AspNetCore.Health;

/// <summary>Unhealthy once the process was asked to stop, so that a load balancer sends new requests to another process.</summary>
internal sealed class StoppingHealthCheck(IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(lifetime.ApplicationStopping.IsCancellationRequested
            ? HealthCheckResult.Unhealthy("The process is stopping.")
            : HealthCheckResult.Healthy());
}
