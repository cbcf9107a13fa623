using Messaging.Outbox;
using Messaging.Outbox.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace UserOfTheLibrary;

internal static class LibraryDashboard
{
    public static WebApplication Build(WebApplicationBuilder builder)
    {
        builder.Services.AddOutboxApi();

        var app = builder.Build();
        app.UseOutboxApi();
        app.MapOutbox();                                                     // the control API, which the pages take their data from
        app.MapOutboxDashboard();                                            // /dashboard
        return app;
    }

    public static void UseOwnLogin(WebApplicationBuilder builder, WebApplication app)
    {
        builder.Services.AddAuthorizationBuilder()
            .AddPolicy("Ops", policy => policy.RequireRole("ops"))
            .AddPolicy("Leads", policy => policy.RequireRole("ops-lead"));
        builder.Services.Configure<AccessOptions>(access =>
        {
            access.ReadPolicy = "Ops";
            access.OperatePolicy = "Leads";
        });

        app.MapOutboxDashboard(options => options.Policy = "Ops");           // who is not signed in comes to your login page
    }
}
