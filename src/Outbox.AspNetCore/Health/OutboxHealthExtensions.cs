using Messaging.Outbox.AspNetCore;
using Messaging.Outbox.AspNetCore.Health;
using Messaging.Outbox.Hosting;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox;

/// <summary><c>/health/live</c>: the process runs. <c>/health/ready</c>: it can process requests or messages.</summary>
public static class OutboxHealthExtensions
{
    // An application may have checks of its own, and two of one name stop it at its start.
    private const string Prefix = "outbox-", Database = Prefix + "database", Clock = Prefix + "clock", Stopping = Prefix + "stopping";

    // MassTransit's name of the check of the first bus; another bus has one of its own.
    private const string DefaultBus = "masstransit-bus";

    /// <summary>The name that the check of the bus has in the example.</summary>
    public const string Bus = "bus";

    /// <summary>The name of the storage check of a process that serves requests.</summary>
    public const string Storage = Prefix + "storage";

    /// <summary>
    /// Adds the checks of the database, the clock and the process. MassTransit adds the check of the bus, and the outbox on
    /// RabbitMQ adds that of the broker.
    /// </summary>
    public static void AddOutboxHealth(this IServiceCollection services) =>
        services.AddHealthChecks()
            .AddCheck<StoreHealthCheck>(Database)
            .AddCheck<StoreClockHealthCheck>(Clock)
            .AddCheck<StoppingHealthCheck>(Stopping);

    /// <summary>Maps both. They need no login, also if the application's fallback policy asks for one: a probe has none. A group that asks for one is asked for it.</summary>
    /// <param name="endpoints">Where to map them.</param>
    /// <param name="needsBus">
    /// True for a worker. An API is ready without the broker: it stores messages and sends them when the broker is back. It
    /// reports Degraded meanwhile.
    /// </param>
    public static void MapOutboxHealth(this IEndpointRouteBuilder endpoints, bool needsBus)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        if (!needsBus)
        {
            foreach (var check in endpoints.ServiceProvider.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations.Where(c => c.Name == BrokerHealth.Name))
            {
                check.FailureStatus = HealthStatus.Degraded;
            }
        }

        // A probe is no caller's request: counted, those of a process that is not ready would be errors, and the others would hide errors.
        Map(endpoints.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync }));
        Map(endpoints.MapHealthChecks("/health/ready", new HealthCheckOptions
        {
            Predicate = check => check.Name is Database or Clock or Stopping or BrokerHealth.Name or Storage || (needsBus && check.Name is Bus or DefaultBus),
            ResponseWriter = WriteAsync,
        }));
    }

    private static void Map(IEndpointConventionBuilder check)
    {
        check.RequireRateLimiting(RateLimitPolicies.Health).DisableHttpMetrics().SetsSafeHeaders().CacheOutput(static cache => cache.NoCache());
        check.Finally(static endpoint =>
        {
            if (!endpoint.Metadata.Any(item => item is IAuthorizeData or AuthorizationPolicy))
            {
                endpoint.Metadata.Add(new AllowAnonymousAttribute());
            }
        });
    }

    /// <summary>The names in the answer have no prefix, but for the broker's.</summary>
    private static string NameOf(string check) => check is Database or Clock or Stopping or Storage ? check[Prefix.Length..] : check;

    private static Task WriteAsync(HttpContext context, HealthReport report) =>
        context.Response.WriteAsJsonAsync(
            new
            {
                status = report.Status.ToString(),
                version = context.RequestServices.GetRequiredService<ServiceIdentity>().Version.Split('+')[0], // the commit is for those with a key: /workers
                checks = report.Entries.ToDictionary(
                    entry => NameOf(entry.Key),
                    entry => new { status = entry.Value.Status.ToString(), description = entry.Value.Description }),
            },
            context.RequestAborted);
}
