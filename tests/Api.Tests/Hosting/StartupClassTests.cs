using System.Net;
using MassTransit;
using Messaging.Outbox;
using Messaging.Outbox.AspNetCore;
using Messaging.Outbox.AspNetCore.Access;
using Messaging.Outbox.Migrations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Messaging.Api.Tests.Hosting;

/// <summary>An application of the form before .NET 6: <c>Configure(IApplicationBuilder)</c>, as of a class <c>Startup</c>.</summary>
public sealed class StartupClassTests
{
    [Fact]
    public async Task The_routes_run_in_an_application_with_a_startup_class()
    {
        using var folder = new TemporaryFolder();
        var key = ApiKeys.New();
        using var host = new HostBuilder().ConfigureWebHost(web => web.UseTestServer()
            .ConfigureServices(services =>
            {
                services.AddRouting();
                services.AddMassTransit(x =>
                {
                    x.AddOutbox(o => o.UseSqlite(folder.File("library.db")));
                    x.UsingInMemory();
                });
                services.AddOutboxApi();
                services.AddOutboxHealth();
                services.Configure<AccessOptions>(access => access.Keys.Add(new AccessKey { Name = "rita", Role = "read", Hash = ApiKeys.Hash(key) }));
            })
            .Configure(app => app
                .UseRouting()
                .UseOutboxApi()
                .UseEndpoints(routes =>
                {
                    routes.MapOutbox();
                    routes.MapOutboxHealth(needsBus: false);
                }))).Build();
        await host.Services.GetRequiredService<IDatabaseMigrator>().MigrateAsync(NullLogger.Instance, CancellationToken.None);
        await host.StartAsync(TestContext.Current.CancellationToken);
        using var client = host.GetTestClient();

        using var refused = await client.GetAsync("/tasks", TestContext.Current.CancellationToken);
        client.DefaultRequestHeaders.Add("X-Api-Key", key);
        using var page = await client.GetAsync("/tasks", TestContext.Current.CancellationToken);
        using var live = await client.GetAsync("/health/live", TestContext.Current.CancellationToken);
        await host.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK, HttpStatusCode.OK), (refused.StatusCode, page.StatusCode, live.StatusCode));
    }
}
