using System.Diagnostics;
using Messaging.ServiceDefaults.Telemetry;

namespace Messaging.Api.Tests.Telemetry;

/// <summary>What is taken out of spans before they are exported.</summary>
public sealed class RedactionTests : IDisposable
{
    private readonly ActivitySource _source = new($"test-{Guid.NewGuid():N}");
    private readonly ActivityListener _listener;

    public RedactionTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == _source.Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _source.Dispose();
    }

    [Fact]
    public void A_request_keeps_its_route_and_nothing_of_the_caller()
    {
        var span = Ended(
            ActivityKind.Server,
            ("http.route", "/exports/{id}/file"), ("http.request.method", "_OTHER"), ("url.scheme", "https"), ("url.path", "/exports/1/file"), ("url.query", "token=abc"),
            ("user_agent.original", "me"), ("client.address", "10.0.0.1"), ("server.address", "secret.example"), ("server.port", "80"), ("http.request.method_original", "SECRET"),
            ("rpc.method_original", "Secret"), ("http.request.header.cookie", "secret"), ("network.peer.port", "1"));

        Assert.Equal(["http.request.method", "http.route", "url.scheme"], span.TagObjects.Select(tag => tag.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_call_keeps_its_address_without_query_user_and_password()
    {
        var span = Ended(ActivityKind.Client, ("url.full", "https://me:secret@example.org:8443/path?token=abc#part"));

        Assert.Equal("https://example.org:8443/path", span.GetTagItem("url.full"));
    }

    [Fact]
    public void An_address_is_replaced_wherever_it_stands()
    {
        using var span = _source.StartActivity("test", ActivityKind.Client)!;
        span.SetTag("error.message", "550 <ann@example.org> unknown");
        span.SetStatus(ActivityStatusCode.Error, "mail to ann@example.org failed");

        new SpanRedaction().OnEnd(span);

        Assert.Equal(("550 <(address)> unknown", "mail to (address) failed"), (span.GetTagItem("error.message"), span.StatusDescription));
    }

    [Fact]
    public void An_exception_is_recorded_without_an_address()
    {
        using var redaction = new ExceptionRedaction([_source.Name]);
        using var span = _source.StartActivity("test")!;

        span.AddException(new InvalidOperationException("550 <ann@example.org> unknown"));

        var tags = Assert.Single(span.Events).Tags.ToDictionary(tag => tag.Key, tag => tag.Value);
        Assert.Equal("550 <(address)> unknown", tags["exception.message"]);
        Assert.DoesNotContain("ann@", string.Concat(tags.Values), StringComparison.Ordinal);
        Assert.Equal(typeof(InvalidOperationException).FullName, tags["exception.type"]);
    }

    private Activity Ended(ActivityKind kind, params IEnumerable<(string Name, string Value)> tags)
    {
        var span = _source.StartActivity("test", kind)!;
        foreach (var (name, value) in tags)
        {
            span.SetTag(name, value);
        }

        span.Stop();
        new SpanRedaction().OnEnd(span);
        return span;
    }
}
