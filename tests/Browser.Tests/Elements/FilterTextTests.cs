using Messaging.Browser.Tests.Browsing;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Elements;

/// <summary>What is typed into a filter, or pasted.</summary>
public sealed class FilterTextTests(Chromium chromium, SharedHosts hosts, ModuleProfile profile) : ModuleTests(chromium, hosts, profile)
{
    private protected override bool NeedsFrame => false;

    private const string Names = "['state', 'queue', 'error']";

    [Theory]
    [InlineData("state:Failed,Retrying queue:mail", """{"value":{"state":"Failed,Retrying","queue":"mail"},"rest":""}""")]
    [InlineData("error:\"timed \\\"out\\\"\"  ", """{"value":{"error":"timed \"out\""},"rest":""}""")]
    [InlineData("hello state:Failed http://x", """{"value":{"state":"Failed"},"rest":"hello http://x"}""")]
    [InlineData("unknown:x", """{"value":{},"rest":"unknown:x"}""")]
    public async Task Tokens_of_known_fields_are_read_and_the_rest_is_left(string text, string expected) =>
        Assert.Equal(expected, await RunAsync($"JSON.stringify(parse(text, {Names}))", text));

    [Theory]
    [InlineData("mail", "queue:mail")]
    [InlineData("timed \"out\"", "queue:\"timed \\\"out\\\"\"")]
    public async Task A_value_is_quoted_where_it_has_to_be(string value, string expected)
    {
        Assert.Equal(expected, await RunAsync("format('queue', text)", value));
        Assert.Equal(value, await RunAsync($"parse(format('queue', text), {Names}).value.queue", value));
    }

    [Theory]
    [InlineData("00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", """{"trace":"0af7651916cd43dd8448eb211c80319c"}""")]
    [InlineData(" \"01a229c0-f1a0-7f75-811f-fc7a69ab3ef5\" ", """{"id":"01a229c0-f1a0-7f75-811f-fc7a69ab3ef5"}""")]
    [InlineData("https://host/tasks/01a229c0-f1a0-7f75-811f-fc7a69ab3ef5/events", """{"id":"01a229c0-f1a0-7f75-811f-fc7a69ab3ef5"}""")]
    [InlineData("0af7651916cd43dd8448eb211c80319c", """{"id":"0af76519-16cd-43dd-8448-eb211c80319c","trace":"0af7651916cd43dd8448eb211c80319c"}""")]
    [InlineData("timeout", "{}")]
    public async Task Pasted_ids_and_traces_are_understood(string text, string expected) =>
        Assert.Equal(expected, await RunAsync("JSON.stringify(understand(text))", text));

    [Theory]
    [InlineData("30m", "2026-05-04T11:30:00.000Z")]
    [InlineData("2d", "2026-05-02T12:00:00.000Z")]
    [InlineData("today", "2026-05-03T22:00:00.000Z")]
    [InlineData("14:30", "2026-05-04T12:30:00.000Z")]
    [InlineData("2026-05-01", "2026-04-30T22:00:00.000Z")]
    [InlineData("2026-05-01 08:00", "2026-05-01T06:00:00.000Z")]
    [InlineData("2026-05-01T08:00:00Z", "2026-05-01T08:00:00.000Z")]
    [InlineData("25:00", "none")]
    [InlineData("soon", "none")]
    public async Task Times_are_relative_local_or_exact(string text, string expected) =>
        Assert.Equal(expected, await RunAsync("moment(text, new Date('2026-05-04T12:00:00Z'))?.toISOString() ?? 'none'", text));

    private Task<string> RunAsync(string script, string text) => Page.EvaluateAsync<string>(
        $"async text => {{ const {{ parse, format, understand, moment }} = await import('/dashboard/lib/filter.js'); return {script}; }}", text);
}
