using System.Collections.Concurrent;
using System.Diagnostics;
using Messaging.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Api.Tests.Telemetry;

public sealed class RequestSpansTests : IAsyncLifetime
{
    private readonly ActivityTraceId _trace = ActivityTraceId.CreateRandom();
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ActivityListener _listener;
    private readonly WebApplication _app;

    public RequestSpansTests()
    {
        // Other hosts of this process make such spans, too: only the trace of this test is recorded.
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == RequestSpans.Source,
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                options.Parent.TraceId == _trace ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = span =>
            {
                if (span.TraceId == _trace)
                {
                    _spans.Enqueue(span);
                }
            },
        };
        ActivitySource.AddActivityListener(_listener);

        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Services.AddSingleton<IStartupFilter, RequestSpans>();
        builder.Services.AddProblemDetails();
        _app = builder.Build();
        _app.UseExceptionHandler();
        _app.MapPost("/orders/{id}", (string id) => TypedResults.Accepted($"/tasks/{id}"));
        _app.MapGet("/broken/{id}", Broken);
        _app.MapGet("/health/live", () => "");
    }

    public async ValueTask InitializeAsync() => await _app.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task A_request_is_named_by_its_route_and_has_its_status()
    {
        var span = await SpanOfAsync("POST", "/orders/ann@example.org?key=secret");

        Assert.Equal("POST /orders/{id}", span.DisplayName);
        Assert.Equal(ActivityStatusCode.Unset, span.Status);
        Assert.Equal(
            ["http.request.method=POST", "http.response.status_code=202", "http.route=/orders/{id}", "url.scheme=http"],
            span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_path_that_does_not_exist_is_not_shown()
    {
        var span = await SpanOfAsync("GET", "/ann@example.org");

        Assert.Equal("GET", span.DisplayName);
        Assert.Equal(404, span.GetTagItem("http.response.status_code"));
        Assert.Null(span.GetTagItem("http.route"));
    }

    [Fact]
    public async Task A_method_that_nobody_knows_is_not_shown() =>
        Assert.Equal("HTTP", (await SpanOfAsync("ANN", "/nowhere")).DisplayName);

    [Fact]
    public async Task An_exception_marks_the_span_by_its_type()
    {
        var span = await SpanOfAsync("GET", "/broken/1");

        Assert.Equal("GET /broken/{id}", span.DisplayName);
        Assert.Equal(ActivityStatusCode.Error, span.Status);
        Assert.Null(span.StatusDescription);
        Assert.Equal(500, span.GetTagItem("http.response.status_code"));
        Assert.Equal(typeof(InvalidTimeZoneException).FullName, span.GetTagItem("error.type"));
    }

    [Fact]
    public async Task A_probe_is_not_recorded()
    {
        var span = await SpanOfAsync("GET", "/health/live");

        Assert.False(span.Recorded);
        Assert.False(span.IsAllDataRequested);
    }

    private static string Broken(string id) => throw new InvalidTimeZoneException($"{id} of ann@example.org");

    private async Task<Activity> SpanOfAsync(string method, string path)
    {
        using var client = _app.GetTestClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add("traceparent", $"00-{_trace}-{ActivitySpanId.CreateRandom()}-01");
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        await Eventually.True(() => !_spans.IsEmpty, "the span ends");
        return Assert.Single(_spans);
    }
}
