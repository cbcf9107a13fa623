using Messaging.Outbox.Telemetry;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Tests.Telemetry;

/// <summary>The strings by which a trace travels.</summary>
public sealed class TraceContextTests
{
    private const string Sampled = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", Unsampled = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

    [Fact]
    public void A_row_stored_again_has_its_trace_as_the_cause()
    {
        var metadata = MetadataWith(new TraceContext(Sampled, "vendor=1"));

        var again = MessageMetadata.FromJson(TraceContext.AsCauseIn(metadata));

        Assert.Equal((false, Sampled), (again.Headers!.ContainsKey("traceparent"), again.Headers["Outbox-Cause"]));
        Assert.Equal(new TraceContext(Sampled, IsCause: true), TraceContext.Of(name => again.Headers.GetValueOrDefault(name)?.ToString()));
    }

    [Theory]
    [InlineData(Sampled, true)]
    [InlineData(Unsampled, false)]
    public void Only_a_sampled_trace_is_found_in_a_row(string id, bool isFound)
    {
        Assert.Equal(isFound, TraceContext.FindRecorded(MetadataWith(new TraceContext(id))) is not null);
        Assert.Equal(isFound, TraceContext.FindRecorded(MetadataWith(new TraceContext(id, IsCause: true))) is not null);
    }

    [Theory]
    [InlineData("""{"messageTypes":[]}""")]
    [InlineData("""{"headers":{"traceparent":"00-0af7"}}""")]
    [InlineData("{\"headers\":{\"traceparent\":\"")]
    public void A_row_without_a_valid_trace_has_none(string metadata) => Assert.Null(TraceContext.FindRecorded(metadata));

    [Theory]
    [InlineData(512, true)]
    [InlineData(513, false)]
    public void A_state_that_is_too_long_is_left_out(int length, bool isKept)
    {
        var state = new string('x', length);

        var context = TraceContext.Of(name => name switch { "traceparent" => Sampled, "tracestate" => state, _ => null });

        Assert.Equal(isKept ? state : null, context!.State);
    }

    [Fact]
    public void One_header_decides_whether_it_is_child_or_link()
    {
        var headers = new Dictionary<string, object> { ["traceparent"] = Unsampled, ["tracestate"] = "a=b", ["Outbox-Trace"] = Unsampled, ["other"] = 1 };

        new TraceContext(Sampled, IsCause: true).WriteTo(headers);

        Assert.Equal(["Outbox-Cause", "other"], headers.Keys.Order(StringComparer.Ordinal));
    }

    private static string MetadataWith(TraceContext trace)
    {
        var headers = new Dictionary<string, object>();
        trace.WriteTo(headers);
        return new MessageMetadata { MessageTypes = [], Headers = headers }.ToJson();
    }
}
