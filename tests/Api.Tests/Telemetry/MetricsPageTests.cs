using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Messaging.Processes;
using Messaging.ServiceDefaults.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Messaging.Api.Tests.Telemetry;

/// <summary><c>/metrics</c>: closed unless a setting opens it, and then at a port of its own or with a key of its own.</summary>
public sealed class MetricsPageTests
{
    private const string Key = "a-key-of-the-scraper-alone", Metric = "http_server_request_duration_seconds";

    [Fact]
    public async Task By_default_there_is_none_and_nothing_is_collected()
    {
        await using var api = new StandaloneApi();
        using var client = api.CreateClient();

        using var response = await client.GetAsync("/metrics");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Null(api.Services.GetService<MeterProvider>());
        Assert.Null(api.Services.GetService<TracerProvider>());
        Assert.Null(api.Services.GetService<LoggerProvider>());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("another-key-of-the-same-length")]
    public async Task Without_the_key_a_scrape_is_refused(string? key)
    {
        await using var api = new StandaloneApi(("Telemetry:Metrics:Key", Key));
        using var client = api.CreateClient(); // with the operator's key, which is not that of the metrics
        client.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);

        using var response = await client.GetAsync("/metrics");

        Assert.Equal((HttpStatusCode.Unauthorized, "Bearer"), (response.StatusCode, response.Headers.WwwAuthenticate.ToString()));
        Assert.DoesNotContain(Metric, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_the_key_it_is_served_and_is_in_no_document()
    {
        await using var api = new StandaloneApi(("Telemetry:Metrics:Key", Key));
        using var client = api.CreateClient();
        using (await client.GetAsync("/task-types"))
        {
        }

        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);

        await ScrapedAsync(client, "/metrics");

        var document = await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        Assert.DoesNotContain(document.GetProperty("paths").EnumerateObject(), path => path.Name.Contains("metrics", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_port_of_its_own_serves_nothing_else()
    {
        var port = Ports.Free();
        await using var api = new StandaloneApi(("Telemetry:Metrics:Port", $"{port}"));
        using var client = api.CreateClient();
        using var scraper = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        using (await client.GetAsync("/task-types"))
        {
        }

        await ScrapedAsync(scraper, "/metrics");

        foreach (var path in (string[])["/", "/health/live", "/tasks", "/openapi/v1.json"])
        {
            using var response = await scraper.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }

        using var elsewhere = await client.GetAsync("/metrics");
        Assert.Equal(HttpStatusCode.NotFound, elsewhere.StatusCode);
    }

    [Fact]
    public async Task A_port_with_a_key_wants_the_key()
    {
        var port = Ports.Free();
        await using var api = new StandaloneApi(("Telemetry:Metrics:Port", $"{port}"), ("Telemetry:Metrics:Key", Key));
        using var client = api.CreateClient();
        using var scraper = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };

        using var refused = await scraper.GetAsync("/metrics");
        scraper.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        using var served = await scraper.GetAsync("/metrics");

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (refused.StatusCode, served.StatusCode));
    }

    [Fact]
    public async Task A_port_that_is_taken_stops_nothing()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        await using var api = new StandaloneApi(("Telemetry:Metrics:Port", $"{((IPEndPoint)other.LocalEndpoint).Port}"));
        using var client = api.CreateClient();

        Assert.Equal("Healthy", (await client.HealthAsync()).GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("Telemetry:Metrics:Port", "70000")]
    [InlineData("Telemetry:Metrics:Address", "everywhere")]
    [InlineData("Telemetry:Metrics:Key", "short")]
    public async Task A_wrong_setting_stops_the_process(string name, string value)
    {
        await using var api = new StandaloneApi((name, value));

        Assert.ThrowsAny<Exception>(api.CreateClient);
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("10.0.0.7")]
    [InlineData("::")]
    public void An_address_for_others_needs_a_key_or_a_word(string address)
    {
        Assert.Contains("Telemetry:Metrics:Key", Problem(new() { Port = 9464, Address = address }), StringComparison.Ordinal);
        Assert.Contains("Telemetry:Metrics:NetworkIsTrusted", Problem(new() { Port = 9464, Address = address }), StringComparison.Ordinal);
        Assert.Null(Problem(new() { Port = 9464, Address = address, Key = Key }));
        Assert.Null(Problem(new() { Port = 9464, Address = address, NetworkIsTrusted = true }));
        Assert.Null(Problem(new() { Address = address }));
        Assert.StartsWith("Telemetry:Metrics:Address is that of Telemetry:Metrics:Port", Problem(new() { Address = address, Key = Key }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void An_address_of_this_machine_needs_no_key(string address) => Assert.Null(Problem(new() { Port = 9464, Address = address }));

    [Fact]
    public async Task An_open_page_for_others_stops_the_process()
    {
        await using var api = new StandaloneApi(("Telemetry:Metrics:Port", $"{Ports.Free()}"), ("Telemetry:Metrics:Address", "0.0.0.0"));

        Assert.ThrowsAny<Exception>(api.CreateClient);
    }

    private static string? Problem(MetricsPageOptions options) => options.Validate(new ValidationContext(options)).SingleOrDefault()?.ErrorMessage;

    /// <summary>The requests before were measured; a page may be some hundred milliseconds old.</summary>
    private static Task ScrapedAsync(HttpClient client, string path) => Eventually.True(
        async () =>
        {
            using var response = await client.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            var text = await response.Content.ReadAsStringAsync();
            return text.Contains(Metric, StringComparison.Ordinal) && text.Contains("service_instance_id=", StringComparison.Ordinal) && text.Contains("dotnet_gc_collections_total", StringComparison.Ordinal);
        },
        "the page has metrics");
}
