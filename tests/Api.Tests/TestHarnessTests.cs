using System.Net;
using System.Net.Http.Json;
using MassTransit;
using MassTransit.Testing;
using Messaging.Outbox.AspNetCore;
using Messaging.Contracts;
using Messaging.Outbox;
using Messaging.ServiceDefaults.Database;
using Messaging.Standalone;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Messaging.Api.Tests;

/// <summary>MassTransit's test harness over an application as it is, the way its documentation has it.</summary>
public sealed class TestHarnessTests
{
    [Fact]
    public async Task The_harness_over_standalone_sees_what_a_request_does()
    {
        await using var api = new StandaloneApi();
        await using var factory = api.WithWebHostBuilder(builder => builder.ConfigureTestServices(services =>
            services.AddMassTransitTestHarness(x =>
            {
                x.SetTestTimeouts(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(30));
                x.AddOutbox();
            })));

        await RegisterAsync(factory);

        await SeesAsync(factory);
        await Eventually.True(() => Task.FromResult(api.Mails().Count == 1), "the welcome mail is sent");
    }

    [Fact]
    public async Task The_harness_over_the_api_needs_no_servers()
    {
        using var folder = new TemporaryFolder();
        await using var api = new ApiOnSqlite(folder.File("test.db"));
        Assert.Equal(0, await api.Services.GetRequiredService<IHost>().MigrateAsync());

        await RegisterAsync(api);

        await SeesAsync(api);
        using var client = api.CreateClient();
        Assert.Equal("Healthy", (await client.HealthAsync()).GetProperty("status").GetString());
        SqliteConnection.ClearAllPools();
    }

    private static async Task RegisterAsync<T>(WebApplicationFactory<T> factory)
        where T : class
    {
        using var client = factory.CreateClient();
        using var response = await client.PostAsJsonAsync("/register", new { email = "ann@example.org" });
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    private static async Task SeesAsync<T>(WebApplicationFactory<T> factory)
        where T : class
    {
        var harness = factory.Services.GetTestHarness();
        Assert.True(await harness.Published.Any<UserRegistered>(m => m.Context.Message.Email == "ann@example.org", TestContext.Current.CancellationToken));
        Assert.True(await harness.Consumed.Any<UserRegistered>(m => m.Context.Message.Email == "ann@example.org", TestContext.Current.CancellationToken));
    }

    /// <summary>The API for RabbitMQ and PostgreSQL, neither of which is there.</summary>
    private sealed class ApiOnSqlite(string path) : WebApplicationFactory<UseCase>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseSetting("Database:Password", "x");
            builder.UseSetting("Outbox:CommitTimeout", "00:00:30"); // a commit that is slow on a busy machine is not what is tested
            builder.ConfigureTestServices(services => services.AddMassTransitTestHarness(x =>
            {
                x.SetTestTimeouts(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(30));
                x.AddOutbox(o => o.UseSqlite(path));
                x.AddConsumer<LogConsumer>(); // the mail comes after the log entry
                x.AddConsumer<MailConsumer>();
            }));
        }
    }

    private sealed class LogConsumer : IConsumer<LogRequested>
    {
        public Task Consume(ConsumeContext<LogRequested> context) => Task.CompletedTask;
    }

    private sealed class MailConsumer : IConsumer<UserRegistered>
    {
        public Task Consume(ConsumeContext<UserRegistered> context) => Task.CompletedTask;
    }
}
