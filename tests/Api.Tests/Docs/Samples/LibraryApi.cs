using Messaging.Outbox;
using Messaging.Outbox.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace UserOfTheLibrary;

internal static class LibraryApi
{
    public static WebApplication Build(WebApplicationBuilder builder)
    {
        builder.Services.AddOutboxApi();                                     // access keys, limits, errors as problem details
        builder.Services.AddOutboxHealth();
        builder.Services.Configure<AccessOptions>(builder.Configuration.GetSection("Access"));

        var app = builder.Build();
        app.UseOutboxApi();
        app.MapOutbox();                                                     // /tasks, /dead-letters, /queues, /workers, /schedules, /audit
        app.MapOutboxHealth(needsBus: false);
        app.MapOutboxGroup().MapPost("/orders", (Order order, IBackgroundTasks tasks) => // what it stages is committed with its answer
            TypedResults.Accepted("/orders", tasks.Add(new ParcelRequested { OrderId = order.Id }).Id))
            .LimitsAnonymous(RateLimitPolicies.Accounts);                    // a route without a key needs a limit
        return app;
    }
}
