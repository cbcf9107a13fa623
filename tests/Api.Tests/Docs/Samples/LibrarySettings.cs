using Messaging.Outbox;
using Messaging.Outbox.AspNetCore;
using Messaging.Outbox.Dashboard;
using Messaging.Outbox.RabbitMq;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace UserOfTheLibrary;

internal static class LibrarySettings
{
    public static int Run(string[] args, WebApplicationBuilder builder)
    {
        if (args.Contains(NewKeyCommand.Argument))
        {
            return NewKeyCommand.Run(args, builder.Configuration);           // --new-key read|operate [name]
        }

        builder.Services.Configure<OutboxOptions>(builder.Configuration.GetSection("Outbox"));       // with Signing and Payloads
        builder.Services.Configure<RabbitMqOptions>(builder.Configuration.GetSection("RabbitMq"));   // in place of UseRabbitMq(r => …)
        builder.Services.Configure<RetryOptions>(builder.Configuration.GetSection("Retry"));         // of every endpoint without a policy of its own
        builder.Services.Configure<AccessOptions>(builder.Configuration.GetSection("Access"));
        builder.Services.Configure<ApiOptions>(builder.Configuration.GetSection("Api"));
        builder.Services.Configure<RateLimitOptions>(builder.Configuration.GetSection("RateLimits"));
        builder.Services.Configure<EventStreamOptions>(builder.Configuration.GetSection("EventStreams"));
        builder.Services.Configure<DashboardOptions>(builder.Configuration.GetSection("Dashboard"));
        return 0;
    }
}
