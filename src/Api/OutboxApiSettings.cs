using System.Text.Json.Serialization;
using Messaging.Outbox;
using Messaging.Outbox.AspNetCore;
using Messaging.Outbox.Dashboard;
using Messaging.ServiceDefaults.Hosting;
using Messaging.ServiceDefaults.Settings;

namespace Messaging.Api;

/// <summary>Binds the settings of the outbox's API to their sections.</summary>
internal static class OutboxApiSettings
{
    public static void AddOutboxApi(this WebApplicationBuilder builder, string? operatorKeyFile)
    {
        builder.Services.AddSingleton<ApiInProcess>();
        builder.Services.BindSettings<ApiOptions>("Api");
        builder.Services.BindSettings<AccessOptions>("Access");
        builder.Services.BindSettings<RateLimitOptions>(RateLimitOptions.Section, isPart: true);
        builder.Services.BindSettings<EventStreamOptions>("EventStreams");
        builder.Services.AddSettings<DashboardOptions>("Dashboard");
        builder.Services.AddOutboxApi(operatorKeyFile);
        builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.Converters.Add(new JsonStringEnumConverter(namingPolicy: null, allowIntegerValues: false)));
        builder.Logging.AddLoggingDefaults();
    }
}
