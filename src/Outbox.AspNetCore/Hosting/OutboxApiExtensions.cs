using Messaging.Outbox.AspNetCore;
using Messaging.Outbox.AspNetCore.Access;
using Messaging.Outbox.AspNetCore.Audit;
using Messaging.Outbox.AspNetCore.Bulk;
using Messaging.Outbox.AspNetCore.DeadLetters;
using Messaging.Outbox.AspNetCore.Hosting;
using Messaging.Outbox.AspNetCore.Http;
using Messaging.Outbox.AspNetCore.Overview;
using Messaging.Outbox.AspNetCore.Queues;
using Messaging.Outbox.AspNetCore.RateLimits;
using Messaging.Outbox.AspNetCore.Requests;
using Messaging.Outbox.AspNetCore.Schedules;
using Messaging.Outbox.AspNetCore.Tasks;
using Messaging.Outbox.AspNetCore.Workers;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Messaging.Outbox;

/// <summary>Adds the outbox's control API to an ASP.NET Core application.</summary>
public static class OutboxApiExtensions
{
    /// <summary>
    /// Adds the services of the control API: access keys, limits, errors as problem details. All routes require an access key
    /// except those that follow a single task by its id. The options are <see cref="AccessOptions"/>, <see cref="ApiOptions"/>,
    /// <see cref="RateLimitOptions"/> and <see cref="EventStreamOptions"/>: bind them to sections of the settings, or configure
    /// them in code.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="operatorKeyFile">
    /// A file in a folder that other users cannot open, for the key that the process creates while no access key is configured;
    /// null for none.
    /// </param>
    public static IServiceCollection AddOutboxApi(this IServiceCollection services, string? operatorKeyFile = null)
    {
        services.AddHttpDefaults();
        services.AddAccess(operatorKeyFile);
        services.AddRateLimits();
        services.AddTasks();
        services.AddOverview();
        services.AddScheduleViews();
        services.AddDeadLetterViews();
        IncomingTraces.AddTo(services);
        services.TryAddEnumerable(ServiceDescriptor.Transient<IStartupFilter, OpenRoutes>());
        services.TryAddEnumerable(ServiceDescriptor.Transient<IStartupFilter, DirectRoutes>());
        return services;
    }

    /// <summary>
    /// Adds the middleware for every route of the application: problem details, authentication by access key, rate limits, and
    /// the check for staged work that was not committed.
    /// </summary>
    /// <remarks>In an application with <c>UseRouting</c> and <c>UseEndpoints</c> it is called between the two.</remarks>
    public static IApplicationBuilder UseOutboxApi(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseTrustedProxies();
        app.UseHttpDefaults();
        return app;
    }

    /// <summary>
    /// Maps <c>/overview</c>, <c>/tasks</c>, <c>/dead-letters</c>, <c>/bulk-actions</c>, <c>/queues</c>, <c>/workers</c>, <c>/schedules</c> and <c>/audit</c>.
    /// </summary>
    public static void MapOutbox(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapOutboxGroup().CacheOutput(static cache => cache.NoCache());
        ((IEndpointConventionBuilder)group).Finally(routes.ServiceProvider.GetRequiredService<OutboxAddress>().Learn);
        group.MapOverview();
        group.MapTasks();
        group.MapAddTask();
        group.MapDeadLetters();
        group.MapBulk();
        group.MapBulkActions();
        group.MapQueues();
        group.MapWorkers();
        group.MapSchedules();
        group.MapAudit();
    }

    /// <summary>
    /// Creates a group for the application's own routes. Staged work is committed after the handler, and a POST may have an
    /// <c>Idempotency-Key</c>. If a handler takes its query string with <c>[AsParameters]</c>, other parameters are answered with
    /// 400. While storage runs short, requests other than GET, HEAD, OPTIONS and DELETE are answered with 503, unless their route is
    /// exempt (<see cref="StorageReserveExtensions.WorksWithoutReserve"/>). Each route says who may call it:
    /// <see cref="AccessExtensions.RequireRead"/>, <see cref="AccessExtensions.RequireOperate"/>, a policy of the application, or
    /// <see cref="RateLimitsExtensions.LimitsAnonymous"/> for callers without a key. A route that says neither stops the start with
    /// an <see cref="OutboxConfigurationException"/>.
    /// </summary>
    public static RouteGroupBuilder MapOutboxGroup(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").CommitsUnitsOfWork().KeepsStorageReserve();
        var conventions = (IEndpointConventionBuilder)group;
        conventions.Finally(QueryContract.Enforce);
        conventions.Finally(OpenRoutes.Mark);
        return group;
    }
}
