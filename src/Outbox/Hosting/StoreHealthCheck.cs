using Messaging.Outbox.Store;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Messaging.Outbox;

/// <summary>
/// Healthy if the database answers within a second, accepts writes and has the outbox's tables; otherwise the description gives
/// the reason.
/// </summary>
public sealed class StoreHealthCheck : IHealthCheck
{
    private const string TimedOut = "The database did not answer within a second.";

    private readonly IStoreHealth _health;

    internal StoreHealthCheck(IStoreHealth health) => _health = health;

    /// <inheritdoc />
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(1));
        try
        {
            await _health.PingAsync(deadline.Token).WaitAsync(deadline.Token);
            return HealthCheckResult.Healthy();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy(TimedOut);
        }
        catch (StoreUnavailableException exception)
        {
            return HealthCheckResult.Unhealthy(exception.IsTimeout ? TimedOut : exception.Message);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return HealthCheckResult.Unhealthy(SqlErrors.Describe(exception) ?? $"The database cannot be queried ({exception.GetType().Name}).");
        }
    }
}
