using Messaging.Outbox.Store;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Messaging.Outbox;

/// <summary>Healthy when the database answers within a second and has the outbox's tables.</summary>
public sealed class StoreHealthCheck : IHealthCheck
{
    private readonly IOutboxStore _store;

    internal StoreHealthCheck(IOutboxStore store) => _store = store;

    /// <inheritdoc />
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(1));
        try
        {
            await _store.PingAsync(deadline.Token).WaitAsync(deadline.Token);
            return HealthCheckResult.Healthy();
        }
        catch (StoreUnavailableException)
        {
            return HealthCheckResult.Unhealthy("The database cannot be reached.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy("The database did not answer within a second.");
        }
        catch (Exception)
        {
            return HealthCheckResult.Unhealthy("The database does not have the outbox's tables: run the migration.");
        }
    }
}
