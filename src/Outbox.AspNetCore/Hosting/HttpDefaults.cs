using Messaging.Outbox.AspNetCore.Access;
using Messaging.Outbox.AspNetCore.Http;
using Messaging.Outbox.AspNetCore.RateLimits;
using Messaging.Outbox.AspNetCore.Requests;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.AspNetCore.Hosting;

/// <summary>Sets the defaults of all routes: limits, and errors as problem details.</summary>
internal static class HttpDefaults
{
    public static void AddHttpDefaults(this IServiceCollection services)
    {
        services.AddOptions<ApiOptions>().ValidateDataAnnotations().ValidateOnStart();
        services.AddTrustedProxies();
        services.AddHealthChecks().AddCheck<StorageHealthCheck>(OutboxHealthExtensions.Storage);
        services.AddSingleton<BodyMemory>();
        services.AddSingleton<OutboxAddress>();
        services.Insert(0, ServiceDescriptor.Singleton<IProblemDetailsWriter, FieldProblems>()); // the first writer that can write a problem is used
        services.AddProblemDetails();
        services.AddRequestRules();
        services.AddExceptionHandler<ProblemExceptionHandler>();
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true); // so that a 400 contains the reason
        services.ConfigureHttpJsonOptions(options => options.SerializerOptions.Converters.Insert(0, new OwnEnums()));
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<ApiOptions>>((kestrel, api) =>
        {
            var options = api.Value;
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes;
            kestrel.LimitConnections(options);
            kestrel.Limits.RequestHeadersTimeout = options.HeadersTimeout;
            kestrel.Limits.KeepAliveTimeout = options.KeepAliveTimeout;
        });
    }

    public static void UseHttpDefaults(this IApplicationBuilder app)
    {
        app.UseResponseHeaders();
        app.UseExceptionHandler();
        app.UseClosedConnections();
        app.UseStatusCodePages();
        app.UseUncommittedWorkCheck();
        app.UseRequestBodies();
        app.UseJsonCharset();
        app.UseAuthentication();
        app.Use(static async (http, next) =>
        {
            await CallerKey.AuthenticateAsync(http);
            await next(http);
        });
        app.UseRateLimits();
        app.UseAuthorization();
        app.UseIdempotencyKeys();
    }
}
