using System.Diagnostics;
using Messaging.Outbox.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Api.Tests.Hosting;

/// <summary>Whose trace a request goes on with.</summary>
public sealed class IncomingTraceTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c", Sampled = $"00-{Trace}-b7ad6b7169203331-01", Trusted = "trusted", Anonymous = "anonymous", Keyed = "keyed", WrongKey = "a wrong key";

    [Theory]
    [InlineData(Anonymous, "other False ()")]
    [InlineData(WrongKey, "other False ()")]
    [InlineData(Keyed, $"{Trace} True ()")]
    [InlineData(Trusted, $"{Trace} True v=customer-token (a=b)")]
    public async Task A_caller_chooses_the_trace_with_a_key_or_a_setting(string caller, string seen)
    {
        await using var app = await LibraryApp.StartAsync(
            routes => routes.MapGet("/trace", () => Activity.Current is { } current
                ? string.Join(
                    ' ',
                    new[]
                    {
                        current.TraceId.ToHexString() == Trace ? Trace : "other", $"{current.Recorded}", current.TraceStateString,
                        $"({string.Join(' ', current.Baggage.Select(b => $"{b.Key}={b.Value}"))})",
                    }.Where(part => part is not null))
                : "none"),
            services => services.Configure<ApiOptions>(api => api.TrustIncomingTraces = caller == Trusted));
        using var client = app.CreateClient(caller switch { Keyed => app.ReadKey, WrongKey => "msg_wrong", _ => null });
        client.DefaultRequestHeaders.Add("traceparent", Sampled);
        client.DefaultRequestHeaders.Add("tracestate", "v=customer-token");
        client.DefaultRequestHeaders.Add("baggage", "a=b");

        Assert.Equal(seen, await client.GetStringAsync("/trace", TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task Without_export_a_task_is_in_no_index_of_traces(bool isAnonymous, long ofTrace)
    {
        await using var api = new StandaloneApi { IsAnonymous = isAnonymous };
        using var client = api.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/log?message=traced") { Headers = { { "traceparent", Sampled }, { "tracestate", "v=customer-token" } } };

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        response.EnsureSuccessStatusCode();
        Assert.Equal(1, await api.CountAsync("tasks WHERE trace_id IS NOT NULL AND NOT trace_recorded"));
        Assert.Equal(ofTrace, await api.CountAsync($"tasks WHERE upper(trace_id) LIKE '%{Trace[..8].ToUpperInvariant()}%'"));
        Assert.DoesNotContain("customer-token", await api.DumpAsync(), StringComparison.Ordinal);
    }
}
