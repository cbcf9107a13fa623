using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Messaging.Outbox.AspNetCore.Health;

/// <summary>Unhealthy from the moment the process is asked to stop, so that new requests go to another process.</summary>
internal sealed class StoppingHealthCheck(IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(lifetime.ApplicationStopping.IsCancellationRequested
            ? HealthCheckResult.Unhealthy("The process is stopping.")
            : HealthCheckResult.Healthy());
}
