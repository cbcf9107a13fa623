using Messaging.ServiceDefaults.Settings;
using Microsoft.Extensions.Options;

namespace Messaging.Api.Logs.AccessLog;

/// <summary>The access log: a <c>LogRequested</c> message for each request, at bounded cost (docs/decisions/0015).</summary>
internal static class AccessLogExtensions
{
    public static void AddAccessLog(this WebApplicationBuilder builder)
    {
        builder.Services.AddSettings<AccessLogOptions>("AccessLog");
        builder.Services.AddSingleton<AccessLogDrops>();
        builder.Services.AddSingleton<AccessLogQueue>();
        builder.Services.AddHostedService<AccessLogWriter>();
    }

    /// <summary>Must be the first middleware.</summary>
    public static void UseAccessLog(this WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<AccessLogOptions>>().Value.Enabled)
        {
            app.UseMiddleware<AccessLogMiddleware>();
        }
    }
}
