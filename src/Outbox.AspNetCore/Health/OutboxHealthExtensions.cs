using Messaging.Outbox.AspNetCore;
using Messaging.Outbox.AspNetCore.Health;
using Messaging.Outbox.Hosting;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox;

/// <summary><c>/health/live</c>: the process runs. <c>/health/ready</c>: it can process requests or messages.</summary>
public static class OutboxHealthExtensions
{
    private const string Database = "database", Clock = "clock", Stopping = "stopping";

    /// <summary>The name of MassTransit's check of the bus.</summary>
    public const string Bus = "bus";

    /// <summary>The name of the storage check of a process that serves requests.</summary>
    public const string Storage = "storage";

    /// <summary>
    /// Adds the checks of the database, the clock and the process. MassTransit adds the check of the bus, and the outbox on
    /// RabbitMQ adds that of the broker.
    /// </summary>
    public static void AddOutboxHealth(this IServiceCollection services) =>
        services.AddHealthChecks()
            .AddCheck<StoreHealthCheck>(Database)
            .AddCheck<StoreClockHealthCheck>(Clock)
            .AddCheck<StoppingHealthCheck>(Stopping);

    /// <param name="endpoints">Where to map them.</param>
    /// <param name="needsBus">
    /// True for a worker. An API is ready without the broker: it stores messages and sends them when the broker is back. It
    /// reports Degraded meanwhile.
    /// </param>
    public static void MapOutboxHealth(this WebApplication endpoints, bool needsBus)
    {
        if (!needsBus)
        {
            foreach (var check in endpoints.Services.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations.Where(c => c.Name == BrokerHealth.Name))
            {
                check.FailureStatus = HealthStatus.Degraded;
            }
        }

        // A probe is no caller's request: counted, those of a process that is not ready would be errors, and the others would hide errors.
        endpoints.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync })
            .RequireRateLimiting(RateLimitPolicies.Health)
            .DisableHttpMetrics();
        endpoints.MapHealthChecks("/health/ready", new HealthCheckOptions
        {
            Predicate = check => check.Name is Database or Clock or Stopping or BrokerHealth.Name or Storage || (needsBus && check.Name == Bus),
            ResponseWriter = WriteAsync,
        }).RequireRateLimiting(RateLimitPolicies.Health).DisableHttpMetrics();
    }

    private static Task WriteAsync(HttpContext context, HealthReport report) =>
        context.Response.WriteAsJsonAsync(
            new
            {
                status = report.Status.ToString(),
                version = context.RequestServices.GetRequiredService<ServiceIdentity>().Version.Split('+')[0], // the commit is for those with a key: /workers
                checks = report.Entries.ToDictionary(
                    entry => entry.Key,
                    entry => new { status = entry.Value.Status.ToString(), description = entry.Value.Description }),
            },
            context.RequestAborted);
}
