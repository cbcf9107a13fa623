using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Messaging.Outbox.AspNetCore;
using Messaging.Outbox;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Messaging.Api.Tests.Http;

/// <summary>The API as it runs in production, with neither database nor broker in reach.</summary>
public sealed class DatabaseDownTests
{
    [Theory]
    [InlineData("/register?email=ann@example.org")]
    [InlineData("/log?message=a")]
    [InlineData("/password/forgot?email=ann@example.org")]
    public async Task A_database_that_refuses_connections_is_a_503(string path)
    {
        await using var api = new ApiWithoutServers(port: 1);
        using var client = api.CreateClient();

        using var response = await client.PostAsync(path, null);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Theory]
    [InlineData(null, "use an Idempotency-Key header")]
    [InlineData("k-1", "Repeat it with the same Idempotency-Key")]
    public async Task A_503_warns_that_the_request_may_have_been_done(string? key, string advice)
    {
        await using var api = new ApiWithoutServers(port: 1);
        using var client = api.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/log?message=a");
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        using var response = await client.SendAsync(request);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "1"), (response.StatusCode, response.Headers.RetryAfter?.ToString()));
        var detail = (await response.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>()).GetProperty("detail").GetString()!;
        Assert.Contains("it is unknown whether the request was carried out", detail, StringComparison.Ordinal);
        Assert.Contains(advice, detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_503_of_a_request_that_only_reads_is_plain()
    {
        await using var api = new ApiWithoutServers(port: 1);
        using var client = api.CreateClient();

        using var response = await client.GetAsync(new Uri($"/tasks/{Guid.NewGuid()}", UriKind.Relative));

        Assert.DoesNotContain("carried out", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_hangs_is_a_503_before_the_client_times_out()
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
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromMinutes(1)); // a hang, not a speed: a client waits for 100 s
    }

    [Fact]
    public async Task Setting_a_password_without_a_database_is_a_503()
    {
        await using var api = new ApiWithoutServers(port: 1);
        using var client = api.CreateClient();

        using var response = await client.PostAsJsonAsync("/password/reset", new { token = "t", password = "correct horse battery" });

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.DoesNotContain("Idempotency-Key", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal); // which it does not take
    }

    [Theory]
    [InlineData("GET", "/schedules")]
    [InlineData("GET", "/schedules/tick")]
    [InlineData("POST", "/schedules/tick/pause")]
    [InlineData("POST", "/schedules/tick/run")]
    [InlineData("DELETE", "/schedules/tick")]
    public async Task Schedules_without_a_database_are_a_503(string method, string path)
    {
        await using var api = new ApiWithoutServers(port: 1);
        using var client = api.CreateClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var response = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
    }

    [Fact]
    public async Task The_api_runs_schedules_only_when_its_settings_ask_for_it()
    {
        await using var api = new ApiWithoutServers(port: 1);
        await using var told = api.WithWebHostBuilder(builder => builder.UseSetting("Outbox:RunSchedules", "true"));

        Assert.False(api.Services.GetRequiredService<IOptions<OutboxOptions>>().Value.RunSchedules);
        Assert.True(told.Services.GetRequiredService<IOptions<OutboxOptions>>().Value.RunSchedules);
    }

    [Fact]
    public async Task Without_a_database_the_process_is_live_but_not_ready()
    {
        await using var api = new ApiWithoutServers(port: 1);
        using var client = api.CreateClient();

        using var live = await client.GetAsync("/health/live");
        using var ready = await client.GetAsync("/health/ready");

        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
    }

    private sealed class ApiWithoutServers(int port) : WebApplicationFactory<UseCase>
    {
        protected override void ConfigureClient(HttpClient client)
        {
            base.ConfigureClient(client);
            client.UseOperatorKey();
        }

        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseOperatorKey();
            builder.UseSetting("Database:Host", "127.0.0.1");
            builder.UseSetting("Database:Port", $"{port}");
            builder.UseSetting("Database:Password", "x");
            builder.UseSetting("RabbitMq:Host", "127.0.0.1");
            builder.UseSetting("RabbitMq:Port", "1");
            builder.UseSetting("RabbitMq:Password", "x");
        }
    }
}
