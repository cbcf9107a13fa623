using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Messaging.Api.Http;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;

namespace Messaging.Api.Tests;

/// <summary>The API as it runs in production, with neither database nor broker in reach.</summary>
public sealed class DatabaseDownTests
{
    [Theory]
    [InlineData("/register?email=ann@example.org")]
    [InlineData("/log?message=a")]
    public async Task A_database_that_refuses_connections_is_a_503(string path)
    {
        await using var api = new ApiWithoutServers(port: 1);
        using var client = api.CreateClient();

        using var response = await client.PostAsync(path, null);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Fact]
    public async Task A_database_that_says_nothing_is_a_503_before_the_client_loses_patience()
    {
        using var mute = new TcpListener(IPAddress.Loopback, 0);
        mute.Start();
        await using var api = new ApiWithoutServers(((IPEndPoint)mute.LocalEndpoint).Port);
        using var client = api.CreateClient();
        await client.GetAsync("/health/live"); // warm

        var watch = Stopwatch.StartNew();
        using var write = await client.PostAsync("/log?message=a", null);
        var read = await client.GetAsync($"/tasks/{Guid.NewGuid()}");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, write.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, read.StatusCode);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20)); // a hang, not a speed
    }

    [Fact]
    public async Task Without_a_database_the_process_lives_and_is_not_ready()
    {
        await using var api = new ApiWithoutServers(port: 1);
        using var client = api.CreateClient();

        using var live = await client.GetAsync("/health/live");
        using var ready = await client.GetAsync("/health/ready");

        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
    }

    private sealed class ApiWithoutServers(int port) : WebApplicationFactory<ApiOptions>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseSetting("Database:Host", "127.0.0.1");
            builder.UseSetting("Database:Port", $"{port}");
            builder.UseSetting("Database:Password", "x");
            builder.UseSetting("RabbitMq:Host", "127.0.0.1");
            builder.UseSetting("RabbitMq:Port", "1");
            builder.UseSetting("RabbitMq:Password", "x");
        }
    }
}
