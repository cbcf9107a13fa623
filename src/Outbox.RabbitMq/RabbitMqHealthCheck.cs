using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Messaging.Outbox.RabbitMq;

/// <summary>
/// Healthy if the broker recently confirmed a message; otherwise the description gives the reason. It reads the monitor's result
/// and sends no request.
/// </summary>
internal sealed class RabbitMqHealthCheck(RabbitMqMonitor monitor) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(monitor.Problem is { } problem ? new HealthCheckResult(context.Registration.FailureStatus, problem) : HealthCheckResult.Healthy());
}
