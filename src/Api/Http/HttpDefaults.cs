using Messaging.Api.RateLimits;
using Messaging.ServiceDefaults.Hosting;
using Messaging.ServiceDefaults.Settings;
using Microsoft.Extensions.Options;

namespace Messaging.Api.Http;

/// <summary>What holds for every route: limits, and errors as problem details.</summary>
internal static class HttpDefaults
{
    public static void AddHttpDefaults(this WebApplicationBuilder builder)
    {
        builder.Services.AddSettings<ApiOptions>("Api");
        builder.Services.AddSingleton<ApiInProcess>();
        builder.Services.AddTrustedProxies();
        builder.Services.AddSingleton<BodyMemory>();
        builder.Services.AddProblemDetails();
        builder.Services.AddExceptionHandler<ProblemExceptionHandler>();
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true); // so that the 400 says why
        builder.Services.ConfigureHttpJsonOptions(options =>
            options.SerializerOptions.Converters.Add(new System.Text.Json.Serialization.JsonStringEnumConverter(namingPolicy: null, allowIntegerValues: false)));
        builder.Logging.AddLoggingDefaults();
        builder.WebHost.ConfigureKestrel((_, kestrel) =>
        {
            kestrel.AddServerHeader = false;
            var options = kestrel.ApplicationServices.GetRequiredService<IOptions<ApiOptions>>().Value;
            kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes;
            kestrel.LimitConnections(options);
            kestrel.Limits.RequestHeadersTimeout = options.HeadersTimeout;
            kestrel.Limits.KeepAliveTimeout = options.KeepAliveTimeout;
        });
    }

    public static void UseHttpDefaults(this WebApplication app)
    {
        app.UseResponseHeaders();
        app.UseResetAwareBodies();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseUncommittedWorkCheck();
        app.UseJsonCharset();
        app.UseAuthentication();
        app.UseRateLimits();
        app.UseAuthorization();
        app.UseIdempotencyKeys();
    }
}
