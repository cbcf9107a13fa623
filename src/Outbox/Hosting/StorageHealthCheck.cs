using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Messaging.Outbox;

/// <summary>
/// Unhealthy while the storage reserve is used and requests that write are refused. For processes that take requests; a process
/// that only consumes frees storage and stays ready.
/// </summary>
public sealed class StorageHealthCheck(IStorageReserve reserve) : IHealthCheck
{
    /// <inheritdoc />
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await reserve.FindShortageAsync(cancellationToken) is { } shortage ? HealthCheckResult.Unhealthy(shortage) : HealthCheckResult.Healthy();
}
