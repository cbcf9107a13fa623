using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Messaging.Outbox;

/// <summary>
/// Unhealthy while the reserve of storage is touched, and nothing is taken from callers: for a process that takes requests. One that only works
/// frees storage, and is ready.
/// </summary>
public sealed class StorageHealthCheck(IStorageReserve reserve) : IHealthCheck
{
    /// <inheritdoc />
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await reserve.FindShortageAsync(cancellationToken) is { } shortage ? HealthCheckResult.Unhealthy(shortage) : HealthCheckResult.Healthy();
}
