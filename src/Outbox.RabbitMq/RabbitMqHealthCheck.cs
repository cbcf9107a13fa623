using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Messaging.Outbox.RabbitMq;

/// <summary>Healthy when the broker has confirmed a message some seconds ago; otherwise it says why not. Asks nobody itself.</summary>
internal sealed class RabbitMqHealthCheck(RabbitMqMonitor monitor) : IHealthCheck
{
    public const string Name = "outbox-broker";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(monitor.Problem is { } problem ? new HealthCheckResult(context.Registration.FailureStatus, problem) : HealthCheckResult.Healthy());
}
